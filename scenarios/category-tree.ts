/**
 * C-02: the two-level tree of categories of the user guide (10.2): families and their subcategories. A scenario may add
 * families, and subcategories of these, under `categories`.
 */
export const guideTree: Readonly<Record<string, readonly string[]>> = {
  'infrastructure-software': [
    'running-environment',
    'databases-and-cache-memory',
    'content-management',
    'system-administration',
    'big-data-analytics',
    'storage-and-backup',
  ],
  'business-software': [
    'business-intelligence',
    'financial-services',
    'enterprise-application',
    'crm',
    'e-commerce',
    'project-management',
  ],
  'developer-tools': [
    'internet-middleware',
    'application-development',
    'issue-and-bug-tracking',
    'log-analysis',
    'source-control',
    'testing',
  ],
  'professional-services': ['data-transfer', 'consulting-and-training', 'environment-configuration', 'maintenance'],
}

/** The subcategories of a family, those of the guide first; undefined for a family that neither has. */
export function subcategoriesOf(
  family: string,
  own: Readonly<Record<string, readonly string[]>>,
): readonly string[] | undefined {
  const [guide, more] = [guideTree, own].map((tree) => (Object.hasOwn(tree, family) ? tree[family] : undefined))
  return guide === undefined && more === undefined ? undefined : [...new Set([...(guide ?? []), ...(more ?? [])])]
}

/** `family/subcategory`, or the family alone. */
export const categoryName = ({ category, subcategory }: { category: string; subcategory: string | null }): string =>
  subcategory === null ? category : `${category}/${subcategory}`
