import type { FieldPath } from './types.ts'

/**
 * Where a check stands: the field as the server names it, and the place in the document, which sometimes differ (upstream
 * names `spec.template.labels` for what is written at `spec.template.metadata.labels`). Mirrors field.Path.
 */
export class Place {
  readonly #parent: Place | undefined
  readonly #text: string
  readonly #segments: FieldPath

  private constructor(parent: Place | undefined, text: string, segments: FieldPath) {
    this.#parent = parent
    this.#text = text
    this.#segments = segments
  }

  /** The place of a field of the root object. */
  static root(name: string): Place {
    return new Place(undefined, name, [name])
  }

  /** A field below this one; `segments` where the document's path differs from the name. */
  child(name: string, segments: FieldPath = [name]): Place {
    return new Place(this, `.${name}`, segments)
  }

  index(index: number): Place {
    return new Place(this, `[${index}]`, [index])
  }

  key(key: string): Place {
    return new Place(this, `[${key}]`, [key])
  }

  /** The same place in the document under a field name that upstream puts at the parent's level. */
  get field(): string {
    return (this.#parent?.field ?? '') + this.#text
  }

  get path(): FieldPath {
    return [...(this.#parent?.path ?? []), ...this.#segments]
  }
}
