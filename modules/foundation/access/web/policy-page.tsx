import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Radio } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { accessApi, PolicyProfile } from '../contract.ts'
import { accessQueries } from './queries.ts'

export function Component() {
  const t = useWords('access')
  const canManage = useCan('access.manageRoles')
  const query = useQuery(accessQueries.policy)
  const [editing, setEditing] = useState(false)
  return (
    <Page
      title={t('policy')}
      subtitle={t('policySubtitle')}
      actions={
        canManage && (
          <Button type="primary" onClick={() => setEditing(true)}>
            {t('changePolicy')}
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {(policy) => (
          <>
            <Section title={t(`profiles.${policy.profile}.name`)}>
              <p className="ls-quiet">{t(`profiles.${policy.profile}.text`)}</p>
              <DetailGrid
                columns={2}
                items={[
                  { label: t('minLength'), value: t('characters', { n: policy.minLength }) },
                  { label: t('composition'), value: t(policy.composition ? 'compositionOn' : 'compositionOff') },
                  { label: t('maxAge'), value: policy.maxAgeDays === null ? t('noMaxAge') : t('days', { n: policy.maxAgeDays }) },
                  { label: t('history'), value: policy.history === 0 ? t('ui:none') : t('historyN', { n: policy.history }) },
                  { label: t('idle'), value: t('minutes', { n: policy.idleMinutes }) },
                  { label: t('absolute'), value: t('hours', { n: policy.absoluteHours }) },
                  {
                    label: t('separation'),
                    value: (
                      <StatusTag tone={policy.separationOfDuties ? 'good' : 'neutral'}>
                        {t(policy.separationOfDuties ? 'separationOn' : 'separationOff')}
                      </StatusTag>
                    ),
                  },
                ]}
              />
            </Section>
            <PolicyForm policy={policy} open={editing} onClose={() => setEditing(false)} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function PolicyForm({
  policy,
  open,
  onClose,
}: {
  policy: { profile: PolicyProfile; version: number }
  open: boolean
  onClose: () => void
}) {
  const t = useWords('access')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: accessQueries.policy.queryKey })
  return (
    <EditModal<{ profile: PolicyProfile }>
      open={open}
      width={560}
      title={t('changePolicy')}
      initialValues={{ profile: policy.profile }}
      onClose={onClose}
      onReload={() => void refresh()}
      onSubmit={async ({ profile }) => {
        await call(accessApi.setPolicy, { body: { profile, version: policy.version } })
        await refresh()
      }}
    >
      <Form.Item name="profile" label={t('profile')}>
        <Radio.Group className="ls-profiles">
          {PolicyProfile.options.map((profile) => (
            <Radio key={profile} value={profile}>
              <strong>{t(`profiles.${profile}.name`)}</strong>
              <div className="ls-quiet">{t(`profiles.${profile}.text`)}</div>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
    </EditModal>
  )
}
