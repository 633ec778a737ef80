/** Who a run is for, and so what it may ask of a target. */
export const profiles = ['gate', 'nightly', 'certification'] as const;
export type Profile = (typeof profiles)[number];

/** What a nightly run asks of a target in production at most. */
export const nightlyLimits = { requests: 40, tokensCreated: 6, refusedLogins: 2, perSecond: 2 } as const;
