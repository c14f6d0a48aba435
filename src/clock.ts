/** The present moment. Passed in, so that twenty years can pass in a test. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
