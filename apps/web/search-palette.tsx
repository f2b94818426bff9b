import { SearchOutlined } from '@ant-design/icons'
import { useQueries } from '@tanstack/react-query'
import { Input, Modal, Spin } from 'antd'
import { Fragment, useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { useWords } from '#ui/i18n.ts'
import { allPages, type SearchHit } from '#ui/module-pages.ts'
import { useSession } from '#ui/session.ts'
import { menuOf } from './home-path.ts'

const DEBOUNCE_MS = 250
const SHOWN = 60

/** One search over the pages of the menu and over whatever the modules let one find. */
export function SearchPalette({ onClose }: { onClose: () => void }) {
  const t = useWords('shell')
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const { hits, busy } = useHits(text.trim())
  const open = (hit: SearchHit | undefined) => {
    if (!hit) return
    onClose()
    void navigate(hit.path)
  }
  const press = (key: string): boolean => {
    if (key === 'ArrowDown') setAt(Math.min(at + 1, hits.length - 1))
    else if (key === 'ArrowUp') setAt(Math.max(at - 1, 0))
    else if (key === 'Enter') open(hits[at])
    else return false
    return true
  }
  return (
    <Modal open title={t('search')} footer={null} onCancel={onClose} width={560} style={{ top: 72 }}>
      <Input
        size="large"
        autoFocus
        prefix={<SearchOutlined aria-hidden />}
        suffix={busy ? <Spin size="small" /> : <span />}
        placeholder={t('searchHint')}
        aria-label={t('search')}
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls="ls-search-hits"
        aria-activedescendant={hits[at] ? `ls-hit-${at}` : undefined}
        maxLength={100}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          if (press(event.key)) event.preventDefault()
        }}
      />
      <div id="ls-search-hits" role="listbox" aria-label={t('searchHits')} className="ls-hits">
        {hits.map((hit, i) => (
          <Fragment key={`${hit.path} ${hit.label}`}>
            {hit.kind !== hits[i - 1]?.kind && (
              <div className="ls-hit-kind" role="presentation">
                {hit.kind}
              </div>
            )}
            <button
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              id={`ls-hit-${i}`}
              className={i === at ? 'ls-hit ls-hit-at' : 'ls-hit'}
              onMouseEnter={() => setAt(i)}
              onClick={() => open(hit)}
            >
              <span>{hit.label}</span>
            </button>
          </Fragment>
        ))}
      </div>
      {hits.length === 0 && !busy && (
        <p className="ls-quiet" role="status">
          {t('searchNothing')}
        </p>
      )}
    </Modal>
  )
}

function useHits(text: string): { hits: SearchHit[]; busy: boolean } {
  const t = useWords('shell')
  const session = useSession()
  const settled = useSettled(text)
  const pages = allPages()
  const providers = pages.filter((page) => page.search !== undefined)
  const results = useQueries({
    queries: providers.map((page) => ({
      queryKey: ['search', page.module, settled],
      queryFn: ({ signal }: { signal: AbortSignal }) => page.search?.(settled, signal) ?? Promise.resolve([]),
      enabled: settled.length > 0,
      retry: false,
    })),
  })
  const menu = menuOf(pages, session)
    .flatMap(({ group, entries }) => entries.map((e) => ({ label: t(`${e.module}:${e.label}`), path: e.path, kind: t(`groups.${group}`) })))
    .filter((hit) => text === '' || hit.label.toLowerCase().includes(text.toLowerCase()))
  const found = text === '' ? [] : results.flatMap((result) => result.data ?? [])
  return { hits: [...menu, ...found].slice(0, SHOWN), busy: settled !== text || results.some((result) => result.isFetching) }
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), DEBOUNCE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
