/** For which engine a matrix is. */
export const engines = ['github', 'gitlab', 'kubernetes'] as const;
export type Engine = (typeof engines)[number];
