/** The `data` of each server-sent event; ends with the stream. Leaving the loop closes the connection. */
export async function* readEvents(answer: Response): AsyncGenerator<unknown> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const events = (rest + value).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) {
        const lines = event.split('\n').filter((line) => line.startsWith('data: '))
        if (lines.length > 0) yield JSON.parse(lines.map((line) => line.slice(6)).join('\n'))
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
