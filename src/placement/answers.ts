/** Answers about many nodes, each kept once for all nodes that look alike. */
import { grouped } from '#base/grouped.ts'
import {
  type Column,
  countsOf,
  firstPlaces,
  merged,
  overlay,
  type Places,
  picked,
  placesOf,
} from './columns.ts'

/** An answer for each of a list of nodes, which are told by their places. Each is found when somebody asks for it first. */
export class Answers<T> {
  /** Nodes that share an answer. */
  readonly shapes: Column
  readonly #find: (code: number) => T
  #found: T[] | undefined

  private constructor(shapes: Column, find: (code: number) => T) {
    this.shapes = shapes
    this.#find = find
  }

  /** Each answer is asked for once at most, about the first of the nodes that share it. */
  static ask<T>(shapes: Column, answer: (place: number) => T): Answers<T> {
    return new Answers(shapes, (code) => answer(firstPlaces(shapes)[code] ?? 0))
  }

  #of(code: number): T {
    this.#found ??= new Array(this.shapes.size)
    const known = this.#found[code]
    if (known !== undefined) return known
    const answer = this.#find(code)
    this.#found[code] = answer
    return answer
  }

  get length(): number {
    return this.shapes.codes.length
  }

  at(place: number): T {
    return this.#of(this.shapes.codes[place] as number)
  }

  /** One for each node. */
  all(): T[] {
    const { codes } = this.shapes
    const all = new Array<T>(codes.length)
    for (let i = 0; i < all.length; i++) all[i] = this.#of(codes[i] as number)
    return all
  }

  /** Each answer that there is with the number of its nodes and the place of the first, in the order of those. */
  each(): { readonly answer: T; readonly nodes: number; readonly first: number }[] {
    const counts = countsOf(this.shapes)
    return Array.from(firstPlaces(this.shapes), (first, code) => ({
      answer: this.#of(code),
      nodes: counts[code] as number,
      first,
    }))
  }

  count(test: (answer: T) => boolean): number {
    return this.each().reduce((sum, { answer, nodes }) => sum + (test(answer) ? nodes : 0), 0)
  }

  map<U>(change: (answer: T) => U): Answers<U> {
    return new Answers(this.shapes, (code) => change(this.#of(code)))
  }

  /** Those of nodes that differ in either list, made of both. */
  with<U, V>(other: Answers<U>, both: (one: T, other: U) => V): Answers<V> {
    return Answers.ask(overlay(this.shapes, other.shapes), (place) => both(this.at(place), other.at(place)))
  }

  /** The same about the nodes at these places alone. */
  pick(places: Places): Answers<T> {
    const shapes = picked(this.shapes, places)
    return new Answers(shapes, (code) => this.#of(shapes.was[code] as number))
  }

  /** The nodes told apart by no more than this. */
  by(key: (answer: T) => string | number): Column {
    return merged(this.shapes, (code) => key(this.#of(code)))
  }

  /** The places of the nodes by this, each list in order; what the first node has comes first. */
  groups<K extends string | number>(key: (answer: T) => K): Map<K, Places> {
    const codes = grouped(Array(this.shapes.size).keys(), (code) => key(this.#of(code)))
    return new Map([...codes].map(([of, alike]) => [of, placesOf(this.shapes, alike)]))
  }
}
