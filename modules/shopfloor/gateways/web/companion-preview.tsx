import { Alert, Input, Select, Table } from 'antd'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import type { DraftPoint } from '../companion/draft.ts'
import type { ReadMachine } from './companion-page.tsx'

const PAGE = 50
const LEFT_SHOWN = 100
const kinds = ['instant', 'counter', 'interval', 'state'] as const

interface Props {
  machine: ReadMachine
  points: readonly DraftPoint[]
  /** Paths of those that are chosen. */
  chosen: ReadonlySet<string>
  onChoose(chosen: ReadonlySet<string>): void
  onChange(path: string, change: Partial<DraftPoint>): void
}

/** What the thing model would have, to choose from and to correct; what cannot be taken, with the reason. */
export function CompanionPreview({ machine: { draft }, points, chosen, onChoose, onChange }: Props) {
  const t = useWords('gateways')
  const counts = { points: points.length, methods: draft.methods.length, events: draft.events.length, chosen: chosen.size }
  return (
    <Section title={t('companion.preview')}>
      <p>{t('companion.summary', counts)}</p>
      {points.length === 0 && <Alert type="warning" showIcon title={t('companion.noPoints')} />}
      {points.length > 0 && (
        <>
          <p className="ls-quiet">{t('companion.settled')}</p>
          {points.some(({ optional }) => optional) && <p className="ls-quiet">{t('companion.optionalHint')}</p>}
          <Points points={points} chosen={chosen} onChoose={onChoose} onChange={onChange} />
        </>
      )}
      {draft.methods.length > 0 && (
        <>
          <h3>{t('companion.methods')}</h3>
          <ul>
            {draft.methods.map((method) => (
              <li key={`${method.path} ${method.method}`}>
                {t('companion.methodLine', {
                  label: method.label,
                  name: method.name,
                  parameters: method.parameters.map(({ label }) => label).join('、') || t('companion.noParameters'),
                })}{' '}
                {method.optional && <StatusTag tone="neutral">{t('companion.optional')}</StatusTag>}
              </li>
            ))}
          </ul>
        </>
      )}
      {draft.events.length > 0 && (
        <>
          <h3>{t('companion.events')}</h3>
          <p>{draft.events.map(({ label }) => label).join('、')}</p>
        </>
      )}
      {draft.left.length > 0 && (
        <Alert
          type="info"
          showIcon
          className="ls-form-failure"
          title={t('companion.left', { n: draft.left.length })}
          description={
            <ul className="gw-problems">
              {draft.left.slice(0, LEFT_SHOWN).map(({ path, reason }) => (
                <li key={`${path} ${reason}`}>
                  {t('companion.leftAt', { path })}
                  {t(`companion.reasons.${reason}`)}
                </li>
              ))}
              {draft.left.length > LEFT_SHOWN && <li>{t('problemsMore', { n: draft.left.length - LEFT_SHOWN })}</li>}
            </ul>
          }
        />
      )}
    </Section>
  )
}

function Points({ points, chosen, onChoose, onChange }: Omit<Props, 'machine'>) {
  const t = useWords('gateways')
  const kindsOf = ({ valueType }: DraftPoint) =>
    kinds.filter((kind) => (kind === 'state' ? valueType !== 'number' : kind === 'instant' || /number|integer/.test(valueType)))
  return (
    <Table<DraftPoint>
      size="small"
      rowKey="path"
      dataSource={[...points]}
      pagination={{ pageSize: PAGE, hideOnSinglePage: true, showSizeChanger: false }}
      scroll={{ x: 1100 }}
      rowSelection={{
        selectedRowKeys: [...chosen],
        onChange: (keys) => onChoose(new Set(keys.map(String))),
        getCheckboxProps: ({ name }) => ({ 'aria-label': name }) as object,
      }}
      columns={[
        {
          title: t('companion.label'),
          width: 250,
          render: (_, point) => (
            <Input
              aria-label={t('companion.label')}
              value={point.label}
              maxLength={60}
              onChange={(e) => onChange(point.path, { label: e.target.value })}
            />
          ),
        },
        {
          title: t('companion.name'),
          width: 330,
          render: (_, point) => (
            <Input
              aria-label={t('companion.name')}
              value={point.name}
              maxLength={64}
              spellCheck={false}
              title={`${t('companion.path')} ${point.path}`}
              onChange={(e) => onChange(point.path, { name: e.target.value })}
            />
          ),
        },
        { title: t('companion.valueType'), width: 90, render: (_, { valueType }) => t(`devices:valueTypes.${valueType}`) },
        {
          title: t('companion.kind'),
          width: 130,
          render: (_, point) => (
            <Select
              aria-label={t('companion.kind')}
              value={point.kind}
              style={{ width: 110 }}
              onChange={(kind) => onChange(point.path, { kind, ...(kind === 'state' ? { unit: null } : {}) })}
              options={kindsOf(point).map((value) => ({ value, label: t(`devices:kinds.${value}`) }))}
            />
          ),
        },
        {
          title: t('companion.unit'),
          width: 100,
          render: (_, point) =>
            /number|integer/.test(point.valueType) && (
              <Input
                aria-label={t('companion.unit')}
                value={point.unit ?? ''}
                maxLength={20}
                onChange={(e) => onChange(point.path, { unit: e.target.value || null })}
              />
            ),
        },
        { title: t('companion.access'), width: 80, render: (_, { access }) => t(`devices:accesses.${access}`) },
        {
          title: '',
          width: 80,
          render: (_, { optional }) => optional && <StatusTag tone="neutral">{t('companion.optional')}</StatusTag>,
        },
      ]}
    />
  )
}
