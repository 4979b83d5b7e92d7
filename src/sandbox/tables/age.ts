import { humanDuration } from '#kube/duration.ts'

/** The time since a timestamp of the wire, as kubectl's AGE column shows it; `<unknown>` if there is none. */
export function age(timestamp: string | null | undefined, now: number): string {
  const then = timestamp ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(then) ? '<unknown>' : humanDuration(now - then)
}
