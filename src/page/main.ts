import { escapeLine } from '#base/escape.ts'
import { type PageData, readData } from '#planning/page-data.ts'
import type { Cell } from '#views/cells/grid.ts'
import { counted } from '#views/names.ts'
import { answerOf, headText, legendOf, notesOf } from './answer.ts'
import { diffsOf } from './diff.ts'
import { byId, el, fill } from './dom.ts'
import { Editor } from './editor.ts'
import { groupingLabels, mapOf } from './map.ts'
import { Subject } from './model.ts'
import { reasonsOfPlan } from './reasons.ts'
import type { Toleration } from './stanza.ts'
import { rowsOfTable, wantedRows } from './table.ts'

const fewRows = 200

/** What is chosen in the page; what is planned is in the subjects. */
class Page {
  readonly #subjects: readonly Subject[]
  readonly #editor: Editor
  readonly #search = byId('search') as HTMLInputElement
  readonly #by = byId('by') as HTMLSelectElement
  readonly #open = new Set<string>()
  #subject: Subject
  #only: Cell | undefined
  #most = fewRows

  constructor(data: PageData) {
    this.#subjects = data.daemonSets.map((one) => new Subject(data, one))
    const [first] = this.#subjects
    if (!first) throw new Error('the page has no DaemonSet')
    this.#subject = first
    for (const label of groupingLabels(first.shown.rows))
      this.#by.append(el('option', { value: label, text: escapeLine(label) }))
    this.#by.addEventListener('change', () => this.#drawMap())
    this.#search.addEventListener('input', () => this.#drawTable())
    const showAll = () => {
      this.#most = Number.POSITIVE_INFINITY
      this.#drawTable()
    }
    byId('all').addEventListener('click', showAll)
    // Paper has no button to press.
    addEventListener('beforeprint', showAll)
    byId('page').hidden = false
    byId('plain').remove()
    this.#editor = new Editor(first, () => this.#draw())
    this.#draw()
  }

  #draw(): void {
    const { shown } = this.#subject
    document.title = `${headText(shown)}: ${escapeLine(this.#subject.name)}`
    fill(byId('answer'), ...answerOf(shown))
    fill(byId('name'), escapeLine(this.#subject.name))
    byId('edited').hidden = !this.#subject.isEdited
    fill(byId('was'), headText(this.#subject.first))
    fill(byId('notes'), ...notesOf(shown))
    this.#drawChoices()
    fill(byId('diffs'), ...diffsOf(this.#subject))
    this.#drawChosen()
  }

  /** What depends on the kind of nodes that is chosen. */
  #drawChosen(): void {
    const { first, shown } = this.#subject
    const legend = legendOf(shown, first, this.#only, (kind) => {
      this.#only = kind
      this.#drawChosen()
    })
    fill(byId('legend'), ...legend)
    fill(byId('reasons'), ...reasonsOfPlan(shown, this.#only, this.#tolerate))
    this.#drawMap()
    this.#drawTable()
  }

  readonly #tolerate = (toleration: Toleration) => void this.#editor.tolerate(toleration)

  #drawChoices(): void {
    const choices = byId('choices')
    choices.hidden = this.#subjects.length < 2
    if (choices.hidden) return
    fill(
      choices,
      ...this.#subjects.map((subject) =>
        el(
          'button',
          {
            type: 'button',
            'data-key': `choice-${subject.name}`,
            'aria-pressed': String(subject === this.#subject),
            click: () => this.#choose(subject),
          },
          el('strong', { text: escapeLine(subject.name) }),
          el('span', { text: headText(subject.shown) }),
        ),
      ),
    )
  }

  #choose(subject: Subject): void {
    this.#subject = subject
    this.#only = undefined
    this.#open.clear()
    this.#editor.show(subject)
    this.#draw()
  }

  #drawMap(): void {
    const map = mapOf(this.#subject.shown.rows, {
      by: this.#by.value,
      only: this.#only,
      choose: (name) => this.#goTo(name),
    })
    fill(byId('map'), map)
  }

  #drawTable(): void {
    const { shown } = this.#subject
    const search = this.#search.value
    const wanted = wantedRows(shown.rows, { only: this.#only, search })
    const rows = rowsOfTable(shown, wanted, {
      only: this.#only,
      search,
      open: this.#open,
      most: this.#most,
      redraw: () => this.#drawTable(),
      tolerate: this.#tolerate,
    })
    fill(byId('rows'), ...rows)
    const all = shown.rows.length
    fill(
      byId('found'),
      wanted.length === all ? counted(all, 'node') : `${wanted.length} of ${counted(all, 'node')}`,
    )
    byId('all').hidden = wanted.length <= this.#most
  }

  /** Shows the rules of a node in the table. */
  #goTo(name: string): void {
    this.#open.clear()
    this.#open.add(name)
    this.#only = undefined
    this.#search.value = ''
    this.#most = Number.POSITIVE_INFINITY
    this.#drawChosen()
    const row = [...document.querySelectorAll<HTMLElement>('#rows button.open')].find(
      (one) => one.getAttribute('data-key') === `node-${name}`,
    )
    row?.focus({ preventScroll: true })
    row?.scrollIntoView({ block: 'center' })
  }
}

/** Begins; the loader, which has unpacked this text and the data, calls it. */
export function begin(data: string): void {
  new Page(readData(data))
}
