import type { GroupSpec } from '#cli/spec.ts'

export const setGroup: GroupSpec = {
  path: ['set'],
  summary: 'Change the images of a DaemonSet',
  description:
    'Commands that change one thing of a DaemonSet, with the arguments and lines of "kubectl set".',
}
