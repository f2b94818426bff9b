import { useQuery } from '@tanstack/react-query'
import { Empty } from 'antd'
import { Link } from 'react-router'
import { nowMs } from '#ui/clock.ts'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import type { TodoGroup } from '../contract.ts'
import { collaborationQueries } from './queries.ts'
import './collaboration.css'

/** What waits for whoever is signed in, by kind. */
export function Component() {
  const t = useWords('collaboration')
  const query = useQuery(collaborationQueries.todos)
  return (
    <Page title={t('todos.title')} subtitle={t('todos.subtitle')}>
      <Loaded query={query}>
        {(groups) =>
          groups.length === 0 ? (
            <Section>
              <Empty description={t('todos.empty')} />
            </Section>
          ) : (
            groups.map((group) => <Group key={`${group.module}.${group.name}`} group={group} />)
          )
        }
      </Loaded>
    </Page>
  )
}

function Group({ group }: { group: TodoGroup }) {
  const t = useWords('collaboration')
  const today = formatDate(nowMs())
  const title = (
    <>
      {t(`${group.module}:todos.${group.name}`)} <span className="ls-quiet">{group.total}</span>
    </>
  )
  return (
    <Section title={title} flush>
      <ul className="collaboration-todos">
        {group.items.map((item) => (
          <li key={`${item.path} ${item.label}`}>
            <Link to={item.path}>{item.label}</Link>
            {item.due !== null &&
              (item.due < today ? (
                <StatusTag tone="bad">{t('todos.overdue', { day: item.due })}</StatusTag>
              ) : (
                <span className="ls-quiet">{t('todos.due', { day: item.due })}</span>
              ))}
          </li>
        ))}
      </ul>
      {group.total > group.items.length && (
        <p className="collaboration-more ls-quiet">{t('todos.more', { n: group.total - group.items.length })}</p>
      )}
    </Section>
  )
}
