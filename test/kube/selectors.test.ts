import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  labelSelector,
  matchesLabelSelector,
  parseFieldSelector,
  parseLabelSelector,
} from '#kube/selectors.ts'
import { runs } from '../helpers/random-cases.ts'

describe('label selectors of objects', () => {
  it('an absent selector matches nothing, an empty one everything', () => {
    expect(labelSelector(null).matches({ a: 'b' })).toBe(false)
    expect(labelSelector(undefined)).toMatchObject({ empty: false, text: '', requirements: [] })
    expect(labelSelector({ matchLabels: { a: 'b' } }).empty).toBe(false)
    expect(labelSelector({}).matches(null)).toBe(true)
    expect(labelSelector({ matchLabels: null, matchExpressions: [] }).empty).toBe(true)
  })

  it('ANDs labels and expressions', () => {
    const selector = labelSelector({
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'NotIn', values: ['db', 'cache'] },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    })
    expect(selector.text).toBe('app=web,!old,tier notin (cache,db)')
    expect(selector.matches({ app: 'web' })).toBe(true)
    expect(selector.matches({ app: 'web', tier: 'db' })).toBe(false)
    expect(selector.matches({ app: 'web', old: '' })).toBe(false)
    expect(selector.matches({ app: 'other' })).toBe(false)
  })

  it.each([
    [
      { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] },
      '"Gt" is not a valid label selector operator',
    ],
    [{ matchExpressions: [{ key: 'a' }] }, '"" is not a valid label selector operator'],
    [
      { matchExpressions: [{ key: 'a', operator: 'In' }] },
      "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    ],
    [
      { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['x'] }] },
      'values: Invalid value: ["x"]: values set must be empty for exists and does not exist',
    ],
  ])('%j is refused', (selector, message) => {
    expect(() => matchesLabelSelector(selector)).toThrow(
      expect.objectContaining({ code: 'InvalidLabelSelector', message }),
    )
  })

  it('a null value, key or requirement is the zero value that the API decodes', () => {
    expect(labelSelector({ matchLabels: { a: null as never } }).text).toBe('a=')
    expect(
      labelSelector({ matchExpressions: [{ key: 'a', operator: 'In', values: [null as never] }] }).text,
    ).toBe('a in ()')
    expect(() => labelSelector({ matchExpressions: [null as never] })).toThrow(
      '"" is not a valid label selector operator',
    )
    expect(() => labelSelector({ matchExpressions: [{ operator: 'Exists' }] })).toThrow(
      'key: Invalid value: "": name part must be non-empty',
    )
  })

  it('names every error of a requirement, each once', () => {
    const matchExpressions = [{ key: 'a b', operator: 'In', values: ['-', '-'] }]
    const message = expect.stringMatching(
      /^\[key: Invalid value: "a b": name part must [^\n]*, values\[0\]\[a b\]: Invalid value: "-": a valid [^\n]*, values\[1\]\[a b\]: Invalid value: "-": a valid [^\n]*\]$/,
    )
    expect(() => labelSelector({ matchExpressions })).toThrow(
      expect.objectContaining({ code: 'InvalidLabelSelector', message }),
    )
  })

  it('has its requirements in the order of their keys', () => {
    const selector = labelSelector({ matchLabels: { c: '1', a: '2', b: '3' } })
    expect(selector.text).toBe('a=2,b=3,c=1')
    expect(selector.requirements.map(({ key }) => key)).toEqual(['a', 'b', 'c'])
  })

  it('takes no label from an object prototype', () => {
    expect(
      labelSelector({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }).matches({}),
    ).toBe(false)
  })
})

describe('the string form of -l', () => {
  it.each([
    ['', ''],
    ['a=b', 'a=b'],
    ['a==b', 'a==b'],
    [' a = b , c ', 'a=b,c'],
    ['a=b,c!=d,e in (x,y),!f', 'a=b,c!=d,e in (x,y),!f'],
    ['x in (foo,,baz),y,z notin ()', 'x in (,baz,foo),y,z notin ()'],
    ['a in (b,a,b)', 'a in (a,b)'],
    ['a=', 'a='],
    ['a in (,)', 'a in ()'],
    ['in in (in,notin)', 'in in (in,notin)'],
    ['cores>4,cores<8', 'cores>4,cores<8'],
    ['x,!y', 'x,!y'],
    ['\tx\n=\r\na', 'x=a'],
    ['x= ,z= ', 'x=,z='],
    ['b,a,c', 'a,b,c'],
    ['notin', 'notin'],
  ])('%s', (text, wanted) => {
    expect(parseLabelSelector(text).text).toBe(wanted)
  })

  it.each([
    ['a=b,', "found '', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['!a=b', "found '=', expected: ',' or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
    ['a in (b,=', "unable to parse requirement: found '=', expected: ',', or identifier"],
    ['a b=c', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['(a)', "found '(', expected: !, identifier, or 'end of string'"],
    ['a,,b', "found ',', expected: identifier after ','"],
    ['a,=b', "found '=', expected: identifier after ','"],
    ['!=a', "found '!=', expected: !, identifier, or 'end of string'"],
    ['!!a', "unable to parse requirement: found '!', expected: identifier"],
    ['a==b==c', "found '==', expected: ',' or 'end of string'"],
    [
      'a constructor b',
      "unable to parse requirement: found 'constructor', expected: in, notin, =, ==, !=, gt, lt",
    ],
    ['a in (!)', "unable to parse requirement: found '!', expected: ',', ')' or identifier"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a in (b,', "unable to parse requirement: found '', expected: ',', or identifier"],
    [
      'a<',
      "unable to parse requirement: values[0]: Invalid value: \"\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['a=(', "unable to parse requirement: found '(', expected: identifier"],
    [
      'a>b',
      "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
  ])('%s is refused', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(
      expect.objectContaining({ code: 'InvalidLabelSelector', message }),
    )
  })

  it.each([
    ['', { x: 'y' }, true],
    ['x=y', { x: 'y' }, true],
    ['x==y', { x: 'y' }, true],
    ['x=y,z=w', { x: 'y', z: 'w' }, true],
    ['x!=y,z!=w', { x: 'z', z: 'a' }, true],
    ['notin=in', { notin: 'in' }, true],
    ['x', { x: 'z' }, true],
    ['!x', { y: 'z' }, true],
    ['x>1', { x: '2' }, true],
    ['x<1', { x: '0' }, true],
    ['x in (a,b)', { x: 'b' }, true],
    ['x notin (a,b)', { x: 'c' }, true],
    ['x notin (a,b)', {}, true],
    ['x=z', {}, false],
    ['x=y', { x: 'z' }, false],
    ['x=y,z=w', { x: 'w', z: 'w' }, false],
    ['x!=y,z!=w', { x: 'z', z: 'w' }, false],
    ['x', { y: 'z' }, false],
    ['!x', { x: 'z' }, false],
    ['x>1', { x: '0' }, false],
    ['x>1', { x: '1' }, false],
    ['x<1', { x: '2' }, false],
    ['x<1', { x: '1' }, false],
    ['x>1', {}, false],
    ['x<1', { x: 'a' }, false],
    ['x in (a,b)', {}, false],
    ['x in (a,b)', { x: 'c' }, false],
    ['x notin (a,b)', { x: 'a' }, false],
  ])('%s on %j: %s', (text, set, wanted) => {
    expect(parseLabelSelector(text).matches(set)).toBe(wanted)
  })

  it('is requirements with sorted values', () => {
    expect(parseLabelSelector('c,b notin (z,y),a!=x').requirements).toEqual([
      { key: 'a', operator: '!=', values: ['x'] },
      { key: 'b', operator: 'notin', values: ['y', 'z'] },
      { key: 'c', operator: 'exists', values: [] },
    ])
  })

  it('names a bad key and a bad value with the rule they break', () => {
    expect(() => parseLabelSelector('a/b/c=d')).toThrow(
      /^unable to parse requirement: <nil>: Invalid value: "a\/b\/c": a valid label key must consist/,
    )
    expect(() => parseLabelSelector('a=-b')).toThrow(
      /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-b": a valid label must be/,
    )
  })

  const name = fc.stringMatching(/^[a-z]{1,3}$/)
  const labels = fc.dictionary(name, name, { maxKeys: 4 })

  it('In and NotIn are each other’s opposite on every set of labels', () => {
    fc.assert(
      fc.property(name, fc.array(name, { minLength: 1, maxLength: 4 }), labels, (key, values, set) => {
        const [inside, outside] = ['in', 'notin'].map((word) => `${key} ${word} (${values.join(',')})`)
        expect(parseLabelSelector(inside ?? '').matches(set)).toBe(
          !parseLabelSelector(outside ?? '').matches(set),
        )
        expect(parseLabelSelector(`${key}a`).matches(set)).toBe(!parseLabelSelector(`!${key}a`).matches(set))
      }),
      runs(100),
    )
  })

  it('a selector of all of a set’s labels matches the set, and its text reads back as itself', () => {
    fc.assert(
      fc.property(labels, (set) => {
        const selector = labelSelector({ matchLabels: set })
        expect(selector.matches(set)).toBe(true)
        expect(parseLabelSelector(selector.text).text).toBe(selector.text)
      }),
      runs(100),
    )
  })

  it('any text is read or refused with an error of ours', () => {
    const alphabet = fc.constantFrom('a', 'in', 'notin', ' ', '(', ')', ',', '=', '!', '>', '<', '1', 'ü')
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 10 }), (parts) => {
        try {
          parseLabelSelector(parts.join(''))
        } catch (error) {
          expect(error).toMatchObject({ code: 'InvalidLabelSelector' })
        }
      }),
      runs(100),
    )
  })
})

describe('field selectors', () => {
  it.each([
    [
      'b=2,a=1',
      [
        ['a', '=', '1'],
        ['b', '=', '2'],
      ],
    ],
    [
      'a==1,b!=2',
      [
        ['a', '=', '1'],
        ['b', '!=', '2'],
      ],
    ],
    ['a=b\\,c\\=d\\\\', [['a', '=', 'b,c=d\\']]],
    ['=x', [['', '=', 'x']]],
    ['a=x\ny', [['a', '=', 'x\ny']]],
    ['a=', [['a', '=', '']]],
    ['=,!=', []],
  ])('%j asks', (text, wanted) => {
    const { requirements } = parseFieldSelector(text)
    expect(requirements.map(({ field, operator, value }) => [field, operator, value])).toEqual(wanted)
  })

  const pod = (field: string) => ({ 'metadata.name': 'x', 'spec.nodeName': 'a,b=c' })[field]

  it.each([
    ['', true],
    ['metadata.name=x', true],
    ['metadata.name==x,spec.nodeName!=y', true],
    ['metadata.name!=x', false],
    ['spec.nodeName=a\\,b\\=c', true],
    ['status.phase=', true],
    ['status.phase=Running', false],
    [',metadata.name=x,', true],
    ['=', true],
    ['metadata.name=x\\\\', false],
    ['metadata.name!=', true],
    ['metadata.name=y,spec.nodeName=a\\,b\\=c', false],
  ])('%s', (text, wanted) => {
    expect(parseFieldSelector(text).matches(pod)).toBe(wanted)
  })

  it.each([
    ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
    ['a=b,c', "invalid selector: 'a=b,c'; can't understand 'c'"],
  ])('%s is refused', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(
      expect.objectContaining({ code: 'InvalidFieldSelector', message }),
    )
  })
})
