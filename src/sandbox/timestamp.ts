let lastSecond = Number.NaN
let lastTimestamp = ''

/** A moment as the wire writes it: RFC 3339, UTC, whole seconds. Most are asked for many times in their second. */
export function timestamp(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastTimestamp = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
  }
  return lastTimestamp
}

/** As {@link timestamp} with microseconds, the form of `eventTime` and leases. */
export const microTimestamp = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`
