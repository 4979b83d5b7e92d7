/** The `reason` of an API Status that a refused patch ends in. A 500 carries none. */
type PatchErrorReason = 'BadRequest' | 'Invalid' | 'RequestEntityTooLarge' | ''

/**
 * A patch that does not apply, as kube-apiserver tells it: `code` and `reason` and `message` go into the Status that the
 * client gets. `detail` is what went wrong in particular; the server keeps that to itself for every 422.
 */
export class PatchError extends Error {
  readonly code: 400 | 413 | 422 | 500
  readonly reason: PatchErrorReason
  readonly detail: string

  constructor(code: 400 | 413 | 422 | 500, detail: string) {
    super(code === 422 ? 'the server rejected our request due to an error in our request' : detail)
    this.name = 'PatchError'
    this.code = code
    this.reason = reasons[code]
    this.detail = detail
  }
}

const reasons = {
  400: 'BadRequest',
  413: 'RequestEntityTooLarge',
  422: 'Invalid',
  500: '',
} as const satisfies Record<number, PatchErrorReason>
