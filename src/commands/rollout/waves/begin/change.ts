import { patchFor } from '#apiserver/patch/applied.ts'
import { modifiedConfiguration } from '#apiserver/patch/last-applied.ts'
import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import { KdsError, UsageError } from '#base/errors.ts'
import type { Context } from '#cli/context.ts'
import { invalidArgument } from '#cli/flags.ts'
import type { Invocation } from '#cli/spec.ts'
import { nameOf } from '#cluster/resources.ts'
import { wholeNumber } from '#commands/shared/flag-values.ts'
import { asAppsV1 } from '#kube/retired.ts'
import type { DaemonSet, JsonObject } from '#kube/types.ts'
import { type Revision, revisionNumbered } from '#rollout/history.ts'
import { changeCauseAnnotation } from '#rollout/own.ts'
import { type Images, imagePatch, withImages } from '#rollout/set-image.ts'

/** What is to be rolled out, before the DaemonSet has been read. */
export type WantedChange =
  | { readonly kind: 'images'; readonly images: Images }
  | { readonly kind: 'revision'; readonly revision: number }
  | { readonly kind: 'manifest'; readonly manifest: DaemonSet }

/** Which of the three the flags ask for. @throws UsageError unless it is one */
export async function wantedChange(invocation: Invocation, context: Context): Promise<WantedChange> {
  const images = imagesOf(invocation.list('set-image'))
  const revision = wholeNumber(invocation, 'to-revision')
  const files = invocation.list('filename').length > 0 || invocation.text('kustomize') !== undefined
  const wanted = [images.size > 0, invocation.given('to-revision'), files].filter(Boolean).length
  if (wanted !== 1)
    throw new UsageError(
      `${wanted === 0 ? 'nothing to roll out' : 'only one change can be rolled out'}: give --set-image CONTAINER=IMAGE, -f FILE or --to-revision N`,
    )
  if (images.size > 0) return { kind: 'images', images }
  if (!files) return { kind: 'revision', revision }
  const { readManifestFiles } = await import('../../../bundles/files.ts')
  const { daemonSets } = await readManifestFiles(invocation, context)
  const [only, ...others] = daemonSets
  if (!only || others.length > 0)
    throw new UsageError(
      `waves are about one DaemonSet at a time, and there are ${daemonSets.length} in the files`,
    )
  return { kind: 'manifest', manifest: asAppsV1(only.value) }
}

function imagesOf(words: readonly string[]): Images {
  const images = new Map<string, string>()
  for (const word of words) {
    const [, container = '', image = ''] = /^([^=]+)=(.+)$/.exec(word) ?? []
    if (container === '') throw invalidArgument('set-image', word, 'write CONTAINER=IMAGE')
    images.set(container, image)
  }
  return images
}

/** A change as it is sent, and what it makes of the DaemonSet. */
export interface Change {
  /** A strategic merge patch. */
  readonly patch: JsonObject
  readonly result: DaemonSet
  /** What is recorded where the user says nothing; empty: what stands there stays. */
  readonly changeCause: string
}

/** The change that is wanted, of the DaemonSet as it is. @throws KdsError where it asks for what is not there */
export function changeOf(daemonSet: DaemonSet, history: readonly Revision[], wanted: WantedChange): Change {
  const { patch, changeCause } = patchOf(daemonSet, history, wanted)
  const result = applyStrategicPatch(daemonSet as JsonObject, patch, 'DaemonSet') as DaemonSet
  return { patch, result, changeCause }
}

function patchOf(
  daemonSet: DaemonSet,
  history: readonly Revision[],
  wanted: WantedChange,
): Omit<Change, 'result'> {
  switch (wanted.kind) {
    case 'images':
      requireContainers(daemonSet, wanted.images)
      return {
        patch: imagePatch(daemonSet, wanted.images),
        changeCause: `set image ${[...wanted.images].map(([container, image]) => `${container}=${image}`).join(' ')}`,
      }
    case 'revision': {
      const { changeCause, object, revision } =
        wanted.revision === 0 ? previous(history) : revisionNumbered(history, wanted.revision)
      return {
        patch: (object.data ?? {}) as JsonObject,
        changeCause: changeCause === '' ? `rollback to revision ${revision}` : changeCause,
      }
    }
    case 'manifest': {
      const { name, namespace } = nameOf(daemonSet)
      const { metadata } = wanted.manifest
      const manifest = { ...wanted.manifest, metadata: { ...metadata, name, namespace } }
      const patch = patchFor(daemonSet, modifiedConfiguration(manifest as unknown as JsonObject))
      return { patch, changeCause: metadata?.annotations?.[changeCauseAnnotation] ?? '' }
    }
  }
}

function previous(history: readonly Revision[]): Revision {
  const found = history.at(-2)
  if (found) return found
  throw new KdsError('not-found', 'no last revision to roll back to')
}

/** @throws KdsError in kubectl's words for a container that is not there */
function requireContainers(daemonSet: DaemonSet, images: Images): void {
  const [missing] = withImages(daemonSet, images).missing
  if (missing === undefined) return
  const { containers, initContainers } = daemonSet.spec?.template?.spec ?? {}
  const names = [...(containers ?? []), ...(initContainers ?? [])].map(({ name }) => name ?? '')
  throw new KdsError('not-found', `unable to find container named ${JSON.stringify(missing)}`, {
    hint: `its containers are: ${names.join(', ')}`,
  })
}
