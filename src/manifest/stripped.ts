import { KdsError } from '#base/errors.ts'
import type { Json, JsonObject } from '#base/json.ts'
import type { PlacedObject } from './objects.ts'

/** Fields that stand below `metadata` or `spec`, and on top of an object only when its indentation was lost. */
const children = ['name', 'namespace', 'labels', 'selector', 'template', 'containers', 'matchLabels', 'image']

/**
 * Refuses an object whose children all stand at its left edge. It is valid YAML and kubectl parses it, yet nothing in it
 * is where it belongs; the API server would answer with a dozen unknown fields.
 */
export function refuseStripped({ value, document, path }: PlacedObject): void {
  const object = value as JsonObject
  const lost = ['metadata', 'spec'].find((field) => Object.hasOwn(object, field) && isEmpty(object[field]))
  const child = lost && children.find((field) => Object.hasOwn(object, field))
  if (!child) return
  throw new KdsError(
    'indentation-stripped',
    `the indentation is lost: \`${lost}:\` has nothing below it, and \`${child}\` is at the left edge`,
    {
      location: document.locate([...path, child], 'key'),
      hint: 'this happens when copying from a web page: take the original file, or indent the lines again',
    },
  )
}

const isEmpty = (value: Json | undefined) => value === null
