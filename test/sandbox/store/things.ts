import type { StoredObject } from '#sandbox/store/objects.ts'

export const things = { group: '', plural: 'things' }

export const thing = (name: string, value = 0): StoredObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name, namespace: 'n', uid: name, resourceVersion: '', creationTimestamp: '' },
  value,
})
