import { type Template, type Token, TokenKind, Value } from 'liquidjs'
import { childrenOf } from './missing-values.ts'

export interface IgnoredText {
  text: string
  line: number
  column: number
}

/** What Liquid silently leaves out of an expression that it can read only in part: `name` of `{{ member name }}`. */
export function ignoredText(templates: readonly Template[]): IgnoredText[] {
  return templates.flatMap((template) => {
    const values = [...(template.arguments?.() ?? [])].filter((argument) => argument instanceof Value)
    return [
      ...values.flatMap(({ initial }) => leftOver(initial.postfix)),
      ...ignoredText(childrenOf(template)),
    ]
  })
}

/** The value of an expression is the first on the stack; a second one that no operator took was written for nothing. */
function leftOver(postfix: readonly Token[]): IgnoredText[] {
  const stack: Token[] = []
  for (const token of postfix) {
    if (token.kind !== TokenKind.Operator) stack.push(token)
    else if (token.getText().trim() !== 'not') stack.pop()
  }
  const [, ignored] = stack
  if (!ignored) return []
  const [line = 1, column = 1] = ignored.getPosition()
  return [{ text: ignored.getText(), line, column }]
}
