import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/** A name for this process that no other one has. */
export const holderName = (): string => `kds@${hostname()}-${randomBytes(3).toString('hex')}`
