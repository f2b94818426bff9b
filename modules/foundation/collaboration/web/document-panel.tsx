import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button, Empty, Segmented } from 'antd'
import { useState } from 'react'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { Entry } from '../contract.ts'
import { CommentForm } from './comment-form.tsx'
import { EntryLine } from './entry-line.tsx'
import { collaborationQueries, type DocumentKey } from './queries.ts'
import './collaboration.css'

const filters = ['all', 'comment', 'file', 'event'] as const

/** On the page of any document: what happened, what was said, what was attached. */
export function Component({ entity, recordId }: DocumentKey) {
  const t = useWords('collaboration')
  const mayWrite = useCan('collaboration.write')
  const [filter, setFilter] = useState<(typeof filters)[number]>('all')
  const key = { entity, recordId }
  const document = useQuery(collaborationQueries.document(key))
  const entries = useInfiniteQuery(collaborationQueries.entries(key, filter === 'all' ? undefined : filter))
  // Whoever may not see the document's entries has no use for an error under its terms.
  if (document.isError || document.data === undefined) return null
  const rows: Entry[] = entries.data?.pages.flatMap((page) => page.items) ?? []
  const choice = (
    <Segmented
      size="small"
      value={filter}
      onChange={setFilter}
      options={filters.map((value) => ({ value, label: t(`panel.kinds.${value}`) }))}
    />
  )
  return (
    <Section title={t('panel.title')} extra={choice}>
      {mayWrite && <CommentForm document={key} facts={document.data} />}
      {rows.length === 0 && !entries.isPending && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('panel.empty')} />}
      <ol className="collaboration-entries">
        {rows.map((entry) => (
          <EntryLine key={entry.id} entry={entry} twoParties={document.data.partner !== null || document.data.copies} />
        ))}
      </ol>
      {entries.hasNextPage && (
        <Button type="link" loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
          {t('panel.more')}
        </Button>
      )}
    </Section>
  )
}
