/** Answers about many nodes, each kept once for all nodes that look alike. */
import { type Column, countsOf, firstPlaces, merged, overlay, picked, placesByCode } from './columns.ts'

/** An answer for each of a list of nodes, which are told by their places. */
export class Answers<T> {
  /** Nodes that share an answer. */
  readonly shapes: Column
  readonly #of: readonly T[]

  /** @param of The answers, by the codes of `shapes`. */
  constructor(shapes: Column, of: readonly T[]) {
    this.shapes = shapes
    this.#of = of
  }

  /** Each answer is asked for once, about the first of the nodes that share it. */
  static ask<T>(shapes: Column, answer: (place: number) => T): Answers<T> {
    return new Answers(shapes, Array.from(firstPlaces(shapes), answer))
  }

  get length(): number {
    return this.shapes.codes.length
  }

  at(place: number): T {
    return this.#of[this.shapes.codes[place] as number] as T
  }

  /** One for each node. */
  all(): T[] {
    const { codes } = this.shapes
    const all = new Array<T>(codes.length)
    for (let i = 0; i < all.length; i++) all[i] = this.#of[codes[i] as number] as T
    return all
  }

  /** Each answer that there is with the number of its nodes and the place of the first, in the order of those. */
  each(): { readonly answer: T; readonly nodes: number; readonly first: number }[] {
    const counts = countsOf(this.shapes)
    return Array.from(firstPlaces(this.shapes), (first, code) => ({
      answer: this.#of[code] as T,
      nodes: counts[code] as number,
      first,
    }))
  }

  count(test: (answer: T) => boolean): number {
    return this.each().reduce((sum, { answer, nodes }) => sum + (test(answer) ? nodes : 0), 0)
  }

  map<U>(change: (answer: T) => U): Answers<U> {
    return new Answers(this.shapes, this.#of.map(change))
  }

  /** Those of nodes that differ in either list, made of both. */
  with<U, V>(other: Answers<U>, both: (one: T, other: U) => V): Answers<V> {
    return Answers.ask(overlay(this.shapes, other.shapes), (place) => both(this.at(place), other.at(place)))
  }

  /** The same about the nodes at these places alone. */
  pick(places: Int32Array): Answers<T> {
    const shapes = picked(this.shapes, places)
    return new Answers(
      shapes,
      Array.from(shapes.was, (code) => this.#of[code] as T),
    )
  }

  /** The nodes told apart by no more than this. */
  by(key: (answer: T) => string | number): Column {
    return merged(this.shapes, (code) => key(this.#of[code] as T))
  }

  /** The places of the nodes by this, each list in order; what the first node has comes first. */
  groups<K extends string | number>(key: (answer: T) => K): Map<K, Int32Array> {
    return new Map(placesByCode(this.by(key)).map((places) => [key(this.at(places[0] ?? 0)), places]))
  }
}
