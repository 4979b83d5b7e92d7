import { KdsError } from '#base/errors.ts'

/** A template with the place up to which it is read. */
export class Cursor {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  /** The character at the cursor; `''` at the end. */
  get char(): string {
    return this.text.charAt(this.at)
  }

  get rest(): string {
    return this.text.slice(this.at)
  }

  get ended(): boolean {
    return this.at >= this.text.length
  }

  skipBlanks(): void {
    while (/\s/.test(this.char)) this.at += 1
  }

  /** Goes past `word` and answers true where it stands here. */
  take(word: string): boolean {
    const found = this.text.startsWith(word, this.at)
    if (found) this.at += word.length
    return found
  }

  /** An error in kubectl's words. */
  error(why: string): KdsError {
    return new KdsError('jsonpath', `error parsing jsonpath ${this.text}, ${why}`)
  }
}
