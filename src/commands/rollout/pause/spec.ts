import { refusingSpec } from '../refusing-spec.ts'

export const pauseSpec = refusingSpec('pause', {
  summary: 'Say how to hold a roll-out that kubectl cannot pause',
  instead: 'with the update strategy OnDelete pods stay as they are until somebody deletes them.',
  load: async () => (await import('../../bundles/live.ts')).pauseCommand,
})
