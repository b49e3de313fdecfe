/** Technical requirements of one version. */
export const requirementsMax = 100
