/** The environment variable that tells the processes of the runner where the gateway is. */
export const gatewayVariable = 'KIT_GATEWAY';

/** The header that holds the secret of the run, so that only who was told it can use the gateway. */
export const keyHeader = 'x-kit-key';
