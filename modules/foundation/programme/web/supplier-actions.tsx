import { useQuery } from '@tanstack/react-query'
import { Button, Form, Input, Space } from 'antd'
import { useState } from 'react'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { call } from '#ui/api.ts'
import { EditDrawer, EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { type PartnerAction, type PartnerDetail, programmeApi } from '../contract.ts'
import { ApplicationFields, type ApplicationValues, applicationOf, ConsentField } from './application-fields.tsx'
import { useChange } from './use-change.ts'

type Answer = Extract<PartnerAction, 'decline' | 'recall' | 'exit'>

export function SupplierActions({ partner }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  const canAnswer = useCan('programme.answer')
  const [open, setOpen] = useState<PartnerAction>()
  if (!canAnswer) return null
  const close = () => setOpen(undefined)
  return (
    <Space wrap>
      {partner.actions.map((action) => (
        <Button key={action} type={action === 'apply' ? 'primary' : 'default'} danger={action !== 'apply'} onClick={() => setOpen(action)}>
          {t(`actions.${action}`)}
        </Button>
      ))}
      {open === 'apply' && <Apply partner={partner} onClose={close} />}
      {open !== undefined && open !== 'apply' && <AnswerForm partner={partner} action={open as Answer} onClose={close} />}
    </Space>
  )
}

function Apply({ partner, onClose }: { partner: PartnerDetail; onClose: () => void }) {
  const t = useWords('programme')
  const change = useChange()
  const own = useQuery({ queryKey: ['organisations', 'own'], queryFn: ({ signal }) => call(organisationsApi.own, { signal }) })
  if (!own.data) return null
  const size = [...own.data.sizes].sort((a, b) => b.validFrom.localeCompare(a.validFrom))[0]
  const known: ApplicationValues = {
    name: own.data.name,
    nameEn: own.data.nameEn,
    industry: own.data.industry,
    city: own.data.city,
    ...(size ? { employees: size.employees, revenueWan: size.revenueWan } : {}),
    ...(partner.contactName === partner.name ? {} : { contactName: partner.contactName }),
    contactPhone: partner.contactPhone,
    contactEmail: partner.contactEmail,
    delivers: partner.delivers,
  }
  const { appliedAt: _, ...before } = partner.application ?? { appliedAt: '' }
  return (
    <EditDrawer<ApplicationValues>
      open
      title={t('mine.applyTitle')}
      submitText={t('mine.apply')}
      initialValues={{ ...known, ...before }}
      allowUnchanged
      onClose={onClose}
      onSubmit={(values) =>
        change(() =>
          call(programmeApi.apply, {
            params: { id: partner.id },
            body: { ...applicationOf(values), version: partner.version, consent: true },
          }),
        )
      }
    >
      <ApplicationFields />
      <ConsentField />
    </EditDrawer>
  )
}

function AnswerForm({ partner, action, onClose }: { partner: PartnerDetail; action: Answer; onClose: () => void }) {
  const t = useWords('programme')
  const change = useChange()
  return (
    <EditModal<{ reason: string }>
      open
      title={t(`actions.${action}`)}
      submitText={t(`actions.${action}`)}
      danger
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{ 'programme.reasonNeeded': 'reason' }}
      onSubmit={({ reason }) =>
        change(() => call(programmeApi.answer, { params: { id: partner.id }, body: { version: partner.version, action, reason } }))
      }
    >
      <Form.Item name="reason" label={t('reason')} extra={t('reasonSeen')} rules={[{ required: true, whitespace: true }]}>
        <Input.TextArea maxLength={1_000} autoSize={{ minRows: 3 }} />
      </Form.Item>
    </EditModal>
  )
}
