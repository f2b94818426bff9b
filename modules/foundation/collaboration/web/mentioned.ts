/** Who is mentioned in a text: `@name`, the longest name that fits at each place. */
export function mentionedIn(text: string, people: readonly { id: string; name: string }[]): string[] {
  const byLength = [...people].sort((a, b) => b.name.length - a.name.length)
  const found = new Set<string>()
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const person = byLength.find(({ name }) => text.startsWith(name, at + 1))
    if (person) found.add(person.id)
  }
  return [...found]
}
