import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { readManifestFiles } from './manifest-files.ts'

/** A DaemonSet that a file names. */
export interface NamedObject {
  readonly name: string
  readonly namespace: string | undefined
}

/** The names of the DaemonSets in the files of `-f` or `-k`. @throws KdsError for what cannot be read, and where there is none. */
export async function namedInFiles(
  invocation: Invocation,
  context: Context,
): Promise<readonly NamedObject[]> {
  const { daemonSets } = await readManifestFiles(invocation, context)
  return daemonSets.map(({ value }) => ({
    name: value.metadata?.name ?? '',
    namespace: value.metadata?.namespace || undefined,
  }))
}
