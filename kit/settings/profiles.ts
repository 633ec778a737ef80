/** Who a run is for, and so what it may ask of a target. */
export const profiles = ['gate', 'nightly', 'certification'] as const;
export type Profile = (typeof profiles)[number];

/** How long a run of a profile may take, in seconds, unless `OAUTH_MAX_DURATION_S` says otherwise. Waits for expiry come on top. */
export const durations: Readonly<Record<Profile, number>> = { gate: 300, nightly: 120, certification: 1800 };

/** What a nightly run asks of a target in production at most. */
export const nightlyLimits = { requests: 40, tokensCreated: 6, refusedLogins: 2, perSecond: 2 } as const;
