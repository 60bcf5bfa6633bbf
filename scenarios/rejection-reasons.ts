/** S-05: why a buyer rejects a delivery. */
export const rejectionReasons = ['not-delivered', 'not-as-described', 'incomplete', 'other'] as const
