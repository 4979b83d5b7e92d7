import type * as api from './api.ts'

interface Details {
  readonly hint?: string
  readonly findings?: readonly api.Finding[]
}

/** Input that no plan can be made of: see `api.ts`. */
export class PlacementError extends Error implements api.PlacementError {
  readonly code: api.PlacementError['code']
  readonly hint: string | undefined
  readonly findings: readonly api.Finding[]

  constructor(code: api.PlacementError['code'], message: string, { findings = [], hint }: Details = {}) {
    super(message)
    this.name = 'PlacementError'
    this.code = code
    this.hint = hint
    this.findings = findings
  }
}
