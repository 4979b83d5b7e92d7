import { afterAll } from 'vitest'
import { removeTemporaryFolders } from './temporary-folder.ts'

// Every test file begins with this, so its hooks run last: after those that stop what still uses a folder.
afterAll(removeTemporaryFolders)
