import { objectIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'
import { asJson, asStored } from './json.ts'
import type { View } from './resource-type.ts'

/** The Events of the core group as `events.k8s.io/v1` names their fields, and back. */
export const eventsView: View = {
  of: { group: '', plural: 'events' },
  toStorage(object: JsonObject): JsonObject {
    const {
      regarding,
      note,
      reportingController,
      deprecatedCount,
      deprecatedFirstTimestamp,
      deprecatedLastTimestamp,
      deprecatedSource,
      ...rest
    } = object
    return {
      ...rest,
      apiVersion: 'v1',
      involvedObject: regarding ?? {},
      ...(note === undefined ? {} : { message: note }),
      ...(reportingController === undefined ? {} : { reportingComponent: reportingController }),
      ...(deprecatedCount === undefined ? {} : { count: deprecatedCount }),
      firstTimestamp: deprecatedFirstTimestamp ?? null,
      lastTimestamp: deprecatedLastTimestamp ?? null,
      source: deprecatedSource ?? {},
    }
  },
  fromStorage(object: StoredObject): StoredObject {
    const {
      involvedObject: _about,
      message,
      reportingComponent,
      count,
      firstTimestamp,
      lastTimestamp,
      source,
      ...rest
    } = asJson(object)
    return asStored({
      ...rest,
      apiVersion: 'events.k8s.io/v1',
      regarding: objectIn(asJson(object), 'involvedObject'),
      ...(message === undefined ? {} : { note: message }),
      ...(reportingComponent === undefined ? {} : { reportingController: reportingComponent }),
      ...(count === undefined ? {} : { deprecatedCount: count }),
      deprecatedFirstTimestamp: firstTimestamp ?? null,
      deprecatedLastTimestamp: lastTimestamp ?? null,
      deprecatedSource: source ?? {},
    })
  },
}
