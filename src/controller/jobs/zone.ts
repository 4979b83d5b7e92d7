const day = 86_400_000
const minute = 60_000

/** By how many milliseconds a zone's clocks are ahead of UTC at a time. */
export function offsetIn(timeZone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
    hourCycle: 'h23',
  })
  return (time) => {
    const parts = format.formatToParts(time)
    const part = (type: string) => Number(parts.find((one) => one.type === type)?.value)
    const local = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'))
    return local - Math.floor(time / minute) * minute
  }
}

/** Clocks that are put back at `start`: what they have shown for `length` milliseconds they show once more. */
interface Repetition {
  readonly start: number
  readonly length: number
}

/** The first time between two others at which clocks are put back. */
export function repetitionBetween(
  offset: (time: number) => number,
  from: number,
  to: number,
): Repetition | undefined {
  for (let time = from; time < to; time += day) {
    let [low, high] = [time, Math.min(time + day, to)]
    const length = offset(low) - offset(high)
    if (length <= 0) continue
    while (high - low > minute) {
      const middle = low + Math.floor((high - low) / 2 / minute) * minute
      if (offset(middle) === offset(high)) high = middle
      else low = middle
    }
    return { start: Math.floor(high / minute) * minute, length }
  }
  return undefined
}
