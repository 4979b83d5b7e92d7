import type { Diagnostic } from '#base/errors.ts'
import { isDaemonSet } from '#kube/sorted-objects.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import type { SourceText } from '#yaml/source-text.ts'
import { pickDaemonSets } from './daemon-sets.ts'
import { expandInput } from './inputs.ts'
import { runKustomize } from './kustomize.ts'
import {
  type MissingHints,
  objectsOf,
  type PlacedObject,
  refuseBadMetadata,
  refuseTooDeep,
} from './objects.ts'
import { refuseStripped } from './stripped.ts'
import type { LoadedObject, ManifestOptions, Manifests } from './types.ts'

const missingHints: MissingHints = {
  kind: 'a DaemonSet has `kind: DaemonSet`',
  apiVersion: 'a DaemonSet has `apiVersion: apps/v1`',
}

/**
 * Reads what `-f` and `-k` name as kubectl reads it: files, folders, patterns, `-`, URLs and kustomize folders, each
 * with any number of YAML or JSON documents and Lists. What kubectl would refuse is thrown as a `KdsError` with its place.
 * That there is a DaemonSet at all is for `requireDaemonSets` to ask.
 */
export async function readManifests(options: ManifestOptions): Promise<Manifests> {
  const objects: LoadedObject[] = []
  const diagnostics: Diagnostic[] = []
  for await (const source of sources(options)) {
    options.signal?.throwIfAborted()
    const parsed = await parseDocuments(source)
    for (const diagnostic of parsed.diagnostics) diagnostics.push(diagnostic)
    for (const [document, parsedDocument] of parsed.documents.entries()) {
      for (const placed of objectsOf(parsedDocument, missingHints)) {
        refuseTooDeep(placed)
        refuseStripped(placed)
        // What is wrong in a DaemonSet is for the schema check to tell, all of it at once.
        if (!isDaemonSet(placed.value)) refuseBadMetadata(placed)
        objects.push(load({ text: source, document, path: placed.path }, objects.length, placed))
      }
    }
  }
  const picked = pickDaemonSets(objects)
  return { ...picked, objects, diagnostics: [...diagnostics, ...picked.diagnostics] }
}

async function* sources(options: ManifestOptions): AsyncGenerator<SourceText> {
  for (const file of options.files) {
    for (const input of await expandInput(file, options, { recursive: options.recursive ?? false })) {
      yield await (await input.open()).whole()
    }
  }
  if (options.kustomize !== undefined) {
    yield await runKustomize(options.kustomize, options)
  }
}

function load(
  origin: LoadedObject['origin'],
  index: number,
  { value, document, path }: PlacedObject,
): LoadedObject {
  const locate: LoadedObject['locate'] = (below, part) => document.locate([...path, ...below], part)
  return { value, source: origin.text.name, index, origin, locate }
}
