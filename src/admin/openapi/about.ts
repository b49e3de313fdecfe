export const apiTitle = 'Sluice: admin API'
/** Of the first version nothing is taken away; what breaks callers gets another path. */
export const apiVersion = '1'
