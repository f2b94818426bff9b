import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { formatDateTimeSeconds, formatNumber, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { useSession } from '#ui/session.ts'
import { actionText, changesOf, entityText, fieldText, valueText } from '../audit-text.ts'
import type { AuditDetail } from '../contract.ts'
import { actorText, lookIn } from './audit-words.ts'
import { securityQueries } from './queries.ts'
import './audit.css'

/** One entry: who, from where, what was there before and after. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(securityQueries.entry(id))
  return <Loaded query={query}>{(entry) => <EntryPage entry={entry} />}</Loaded>
}

function EntryPage({ entry }: { entry: AuditDetail }) {
  const t = useWords('security')
  const { organisation } = useSession()
  const look = lookIn(t)
  const entity = entityText(entry.entity, look)
  const title = t('entryTitle', { action: actionText(entry.action, look), entity })
  const sameRecord = new URLSearchParams({ entity: entry.entity, ...(entry.entityId ? { entityId: entry.entityId } : {}) })
  return (
    <Page
      title={entry.name ? `${title}：${entry.name}` : title}
      subtitle={`${formatDateTimeSeconds(entry.at)} · ${actorText(entry.actor, t)}`}
      breadcrumbs={[{ label: t('menu.audit'), path: '/security/audit' }]}
      actions={
        <>
          {entry.entityId && (
            <Link to={`/security/audit?${sameRecord}`}>
              <Button>{t('sameRecord')}</Button>
            </Link>
          )}
          {entry.actor.id && (
            <Link to={`/security/audit?actorId=${encodeURIComponent(entry.actor.id)}`}>
              <Button>{t('sameActor')}</Button>
            </Link>
          )}
        </>
      }
    >
      <Section title={t('what')} flush>
        <Changes entry={entry} />
      </Section>
      <Section title={t('who')}>
        <DetailGrid
          items={[
            { label: t('columns.actor'), value: actorText(entry.actor, t) },
            { label: t('columns.actorKind'), value: t(`actorKinds.${entry.actor.kind}`) },
            { label: t('columns.address'), value: formatText(entry.address) },
            { label: t('columns.at'), value: formatDateTimeSeconds(entry.at) },
            { label: t('columns.trace'), value: formatText(entry.trace) },
            entry.actorOrgId !== null && entry.actorOrgId !== organisation.id && { label: t('who'), value: t('partnerActor') },
          ]}
        />
      </Section>
      <Section title={t('proof')}>
        <DetailGrid
          columns={2}
          items={[
            { label: t('columns.chainNo'), value: entry.chainNo === null ? t('notYetChained') : formatNumber(entry.chainNo) },
            { label: t('columns.entityId'), value: formatText(entry.entityId) },
            { label: t('columns.hash'), value: entry.hash && <span className="audit-hash">{entry.hash}</span>, wide: true },
          ]}
        />
      </Section>
    </Page>
  )
}

/** Field by field; of a record that was made or deleted, and of what is no change of a record, one column. */
function Changes({ entry: { entity, before, after } }: { entry: AuditDetail }) {
  const t = useWords('security')
  const look = lookIn(t)
  const changes = changesOf(before, after)
  if (changes.length === 0) return <p className="ls-table-count">{t('noContent')}</p>
  const both = before !== null && after !== null
  const cell = (field: string, value: unknown) => (
    <td>
      <span className="audit-long">{valueText(field, value, look)}</span>
    </td>
  )
  return (
    <table className="audit-changes">
      <thead>
        <tr>
          <th scope="col">{t('field')}</th>
          {both ? (
            <>
              <th scope="col">{t('before')}</th>
              <th scope="col">{t('after')}</th>
            </>
          ) : (
            <th scope="col">{t('content')}</th>
          )}
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.field}>
            <th scope="row">{fieldText(entity, change.field, look)}</th>
            {(both || before) && cell(change.field, change.before)}
            {(both || after) && cell(change.field, change.after)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
