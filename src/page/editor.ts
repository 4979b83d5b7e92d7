import { byId, el, fill } from './dom.ts'
import type { Subject } from './model.ts'
import { type Complaint, withStanza, withToleration } from './stanza.ts'

/** The pause after a key in which somebody may go on typing, in milliseconds. */
const pause = 60

/** The YAML that decides where the pods go, to edit; each valid state of it is planned at once. */
export class Editor {
  readonly #area = byId('stanza') as HTMLTextAreaElement
  readonly #lines = byId('lines')
  readonly #said = byId('said')
  readonly #planned: () => void
  #subject: Subject
  #timer: ReturnType<typeof setTimeout> | undefined
  #turn = 0

  constructor(subject: Subject, planned: () => void) {
    this.#subject = subject
    this.#planned = planned
    this.#area.addEventListener('input', () => {
      clearTimeout(this.#timer)
      this.#number()
      this.#timer = setTimeout(() => void this.#plan(), pause)
    })
    this.#area.addEventListener('scroll', () => {
      this.#lines.scrollTop = this.#area.scrollTop
    })
    byId('copy').addEventListener('click', () => void this.#copy())
    byId('reset').addEventListener('click', () => this.write(this.#subject.original))
    this.show(subject)
  }

  /** Takes another DaemonSet, as it was left. */
  show(subject: Subject): void {
    this.#subject = subject
    this.#area.value = subject.text
    this.#number()
    void this.#plan()
  }

  /** Puts another text in the place of what is there, and plans it. */
  write(text: string): void {
    this.#area.value = text
    this.#number()
    void this.#plan()
  }

  async tolerate(toleration: Readonly<Record<string, string>>): Promise<void> {
    this.write(await withToleration(this.#area.value, toleration))
  }

  async #plan(): Promise<void> {
    clearTimeout(this.#timer)
    const turn = ++this.#turn
    const subject = this.#subject
    const text = this.#area.value
    const edited = await withStanza(subject.one.value, text)
    // Whoever typed on meanwhile wants the later text.
    if (turn !== this.#turn) return
    subject.text = text
    if ('complaints' in edited) return this.#complain(edited.complaints)
    this.#area.removeAttribute('aria-invalid')
    subject.edit(edited.daemonSet)
    fill(this.#said, subject.isEdited ? 'Edited: the page shows your edit.' : 'As in the manifest.')
    this.#mark([])
    this.#planned()
  }

  #complain(complaints: readonly Complaint[]): void {
    this.#area.setAttribute('aria-invalid', 'true')
    fill(
      this.#said,
      ...complaints.map(({ hint, line, message }) =>
        el(
          'p',
          { class: 'wrong' },
          line !== undefined &&
            el('button', {
              type: 'button',
              class: 'quiet',
              text: `line ${line}`,
              click: () => this.#goTo(line),
            }),
          ` ${message}${hint ? ` (${hint})` : ''}`,
        ),
      ),
      el('p', { class: 'note', text: 'The page shows the last state that could be planned.' }),
    )
    this.#mark(complaints.flatMap(({ line }) => line ?? []))
  }

  #goTo(line: number): void {
    const before = this.#area.value.split('\n').slice(0, line - 1)
    const start = before.reduce((sum, one) => sum + one.length + 1, 0)
    const end = this.#area.value.indexOf('\n', start)
    this.#area.focus()
    this.#area.setSelectionRange(start, end < 0 ? this.#area.value.length : end)
  }

  #number(): void {
    const count = Math.max(8, this.#area.value.split('\n').length)
    this.#area.setAttribute('rows', String(Math.min(24, count)))
    fill(this.#lines, ...Array.from({ length: count }, (_, at) => el('span', { text: `${at + 1}\n` })))
  }

  #mark(wrong: readonly number[]): void {
    for (const [at, line] of [...this.#lines.children].entries())
      line.classList.toggle('wrong', wrong.includes(at + 1))
  }

  async #copy(): Promise<void> {
    const done = await copied(this.#area)
    fill(
      byId('copied'),
      done
        ? 'Copied. It belongs under spec.template.spec.'
        : 'Select the text and copy it: the browser does not let the page.',
    )
  }
}

async function copied(area: HTMLTextAreaElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(area.value)
    return true
  } catch {
    area.select()
    // The way for pages that are no secure context; there is no other.
    return document.execCommand('copy')
  }
}
