import type { GroupSpec } from '../spec.ts'

export const rolloutGroup: GroupSpec = {
  path: ['rollout'],
  summary: 'Play the roll-out of a DaemonSet before it happens',
  description: 'Commands about the roll-out of a DaemonSet.',
}
