import { parseTime } from './duration.ts'
import type { KubeObject, Maybe } from './types.ts'

/** An Event of the core group, or one of events.k8s.io as its newer fields name things. */
export interface KubeEvent extends KubeObject {
  readonly type?: Maybe<string>
  readonly reason?: Maybe<string>
  readonly message?: Maybe<string>
  readonly note?: Maybe<string>
  readonly count?: Maybe<number>
  readonly firstTimestamp?: Maybe<string>
  readonly lastTimestamp?: Maybe<string>
  readonly eventTime?: Maybe<string>
  readonly deprecatedCount?: Maybe<number>
  readonly deprecatedFirstTimestamp?: Maybe<string>
  readonly deprecatedLastTimestamp?: Maybe<string>
  readonly series?: Maybe<{ readonly count?: Maybe<number>; readonly lastObservedTime?: Maybe<string> }>
  readonly involvedObject?: Maybe<EventSubject>
  readonly regarding?: Maybe<EventSubject>
}

interface EventSubject {
  readonly kind?: Maybe<string>
  readonly namespace?: Maybe<string>
  readonly name?: Maybe<string>
  readonly uid?: Maybe<string>
}

/** An Event as it reads, whichever API it came by. Times are milliseconds since the epoch. */
export interface Told {
  readonly subject: EventSubject
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly first: number | undefined
  readonly last: number | undefined
}

/** Reads an Event: `series` counts where there is one, and an Event without times was told when it was made. */
export function toldBy(event: KubeEvent): Told {
  const { eventTime, metadata, series } = event
  const time = (...texts: readonly Maybe<string>[]) => {
    for (const text of texts) {
      const found = parseTime(text ?? '')
      if (found !== undefined) return found
    }
    return undefined
  }
  const made = metadata?.creationTimestamp
  return {
    subject: event.involvedObject ?? event.regarding ?? {},
    type: event.type ?? '',
    reason: event.reason ?? '',
    message: event.message ?? event.note ?? '',
    count: series?.count ?? event.count ?? event.deprecatedCount ?? 1,
    first: time(event.firstTimestamp, event.deprecatedFirstTimestamp, eventTime, made),
    last: time(
      series?.lastObservedTime,
      event.lastTimestamp,
      event.deprecatedLastTimestamp,
      eventTime,
      event.firstTimestamp,
      made,
    ),
  }
}
