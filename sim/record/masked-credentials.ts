/** S-11: what the record shows of the credentials of an application. It holds no password. */
export const MASK = '********'

/** The masked view as SQL columns, from expressions for the order's number and the product's id. */
export const maskedSql = (order: string, product: string): string =>
  `'app-' || ${order} AS user_name, '${MASK}' AS password,
      'https://manage.app-' || ${order} || '.invalid/' AS management_url,
      'https://app-' || ${order} || '.invalid/' AS front_end_url, 'https://guides.invalid/' || ${product} AS guide_url`
