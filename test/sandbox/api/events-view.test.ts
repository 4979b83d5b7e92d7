import { expect, it } from 'vitest'
import { eventsView } from '#sandbox/api/events-view.ts'
import { asStored } from '#sandbox/api/json.ts'

const metadata = { name: 'a.1', namespace: 'default' }
const core = {
  kind: 'Event',
  apiVersion: 'v1',
  metadata,
  reason: 'Scheduled',
  involvedObject: { kind: 'Pod', name: 'a' },
  message: 'Assigned',
  reportingComponent: 'default-scheduler',
  count: 2,
  firstTimestamp: '2026-01-01T00:00:00Z',
  lastTimestamp: null,
  source: {},
}
const shown = {
  kind: 'Event',
  apiVersion: 'events.k8s.io/v1',
  metadata,
  reason: 'Scheduled',
  regarding: { kind: 'Pod', name: 'a' },
  note: 'Assigned',
  reportingController: 'default-scheduler',
  deprecatedCount: 2,
  deprecatedFirstTimestamp: '2026-01-01T00:00:00Z',
  deprecatedLastTimestamp: null,
  deprecatedSource: {},
}

it('names the fields of an Event as events.k8s.io does, and back', () => {
  expect(eventsView.fromStorage(asStored(core))).toEqual(shown)
  expect(eventsView.toStorage(shown)).toEqual(core)
})

it('fills in what the server always writes', () => {
  expect(
    eventsView.toStorage({ kind: 'Event', apiVersion: 'events.k8s.io/v1', metadata, regarding: null }),
  ).toEqual({
    kind: 'Event',
    apiVersion: 'v1',
    metadata,
    involvedObject: {},
    firstTimestamp: null,
    lastTimestamp: null,
    source: {},
  })
})
