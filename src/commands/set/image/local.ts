import { decode } from '#apiserver/schema/decode.ts'
import { KdsError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import type { Invocation } from '#cli/spec.ts'
import { readManifestFiles } from '#commands/shared/inputs/manifest-files.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { SetImageFlags } from './on-cluster.ts'

/** What stands in files with other images, printed; no cluster is asked. Answers the exit code. */
export async function setLocally(
  invocation: Invocation,
  { images, printer, targets }: SetImageFlags,
  context: Context,
): Promise<number> {
  if (targets.length > 0)
    throw new KdsError(
      'usage',
      'when --local is specified, resources must be provided with -f: no cluster is asked for their names',
    )
  if (invocation.text('dry-run') === 'server')
    throw new KdsError(
      'usage',
      'cannot specify --local and --dry-run=server - did you mean --dry-run=client?',
    )
  const { Failures, doneText, imagePatch, noContainer, objectText, requireImages, withImages } = await import(
    '../../bundles/live.ts'
  )
  requireImages(images)
  const { daemonSets } = await readManifestFiles(invocation, context)
  const failures = new Failures()
  for (const { value } of daemonSets) {
    const daemonSet = decode(value, 'DaemonSet') as DaemonSet
    const changed = withImages(daemonSet, images)
    for (const name of changed.missing) failures.add(noContainer(name))
    if (Object.keys(imagePatch(daemonSet, images)).length === 0) continue
    context.stdout.write(
      printer === undefined
        ? doneText(value.metadata?.name ?? '', 'image updated')
        : await objectText(changed.daemonSet, printer),
    )
  }
  return failures.report(undefined, context)
}
