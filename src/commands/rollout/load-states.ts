import type { LoadStates } from './following.ts'

/** For specs: what they load must not know where it lies, because it knows them. */
export const loadStates: LoadStates = () => import('#commands/bundles/state.ts')
