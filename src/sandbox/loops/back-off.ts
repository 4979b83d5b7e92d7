const firstBackOff = 10
const longestBackOff = 300

/** How many seconds a kubelet waits after so many failures in a row: twice as long each time, five minutes at most. */
export const backOffSeconds = (failures: number): number =>
  Math.min(firstBackOff * 2 ** Math.max(0, failures - 1), longestBackOff)

/** `10s`, `1m20s`: as Go prints a duration. */
export const durationText = (seconds: number): string =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
