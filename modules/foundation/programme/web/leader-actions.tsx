import { App, Button, DatePicker, Form, Input, Select, Space } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { EditDrawer, EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { type PartnerAction, type PartnerDetail, PartnerTier, programmeApi } from '../contract.ts'
import { ContactFields, LinkOnce, type ShownLink } from './invite-partner.tsx'
import { useChange } from './use-change.ts'

const dangerous: readonly PartnerAction[] = ['refuse', 'suspend', 'exit', 'withdraw']
type Plain = Exclude<PartnerAction, 'admit' | 'apply' | 'decline' | 'recall'>

/** What the leader may do now, by the table of the server. */
export function LeaderActions({ partner }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  const canManage = useCan('programme.manage')
  const change = useChange()
  const { message, modal } = App.useApp()
  const [open, setOpen] = useState<PartnerAction | 'edit'>()
  const [link, setLink] = useState<ShownLink>()
  if (!canManage) return null
  const close = () => setOpen(undefined)
  const params = { id: partner.id }
  const renew = async () => {
    const sure = await modal.confirm({
      title: t('renewLinkTitle', { name: partner.name }),
      content: t('renewLinkText'),
      okText: t('renewLink'),
      cancelText: t('ui:cancel'),
    })
    if (!sure) return
    const made = await change(() => call(programmeApi.renewLink, { params, body: { version: partner.version } }))
    setLink({ name: partner.name, ...made.link })
  }
  const atOnce = (action: 'startReview' | 'invite') =>
    change(() => call(programmeApi.act, { params, body: { version: partner.version, action } })).then(() => undefined)
  const press = (action: PartnerAction) => {
    const failed = (error: unknown) => void message.error(errorText(error, t))
    if (action === 'invite') void (partner.organisationId === null ? renew() : atOnce('invite')).catch(failed)
    else if (action === 'startReview') void atOnce('startReview').catch(failed)
    else setOpen(action)
  }
  // Who is invited on the platform sees the invitation there: to send it again would do nothing.
  const shown = partner.actions.filter((action) => action !== 'invite' || partner.organisationId === null || partner.state !== 'invited')
  const label = (action: PartnerAction) =>
    action === 'invite' && partner.organisationId === null ? t('renewLink') : t(`actions.${action}`)
  return (
    <Space wrap>
      <Button onClick={() => setOpen('edit')}>{t('edit')}</Button>
      {shown.map((action) => (
        <Button
          key={action}
          type={action === 'admit' || action === 'startReview' ? 'primary' : 'default'}
          danger={dangerous.includes(action)}
          onClick={() => press(action)}
        >
          {label(action)}
        </Button>
      ))}
      <Admit partner={partner} open={open === 'admit'} onClose={close} />
      <EditPartner partner={partner} open={open === 'edit'} onClose={close} />
      {open !== undefined && open !== 'admit' && open !== 'edit' && <Act partner={partner} action={open as Plain} onClose={close} />}
      <LinkOnce link={link} onClose={() => setLink(undefined)} />
    </Space>
  )
}

const tierOptions = (t: ReturnType<typeof useWords>) => PartnerTier.options.map((value) => ({ value, label: t(`tiers.${value}`) }))

function Act({ partner, action, onClose }: { partner: PartnerDetail; action: Plain; onClose: () => void }) {
  const t = useWords('programme')
  const change = useChange()
  return (
    <EditModal<{ reason?: string; tier?: PartnerTier }>
      open
      title={`${t(`actions.${action}`)} · ${partner.name}`}
      submitText={t(`actions.${action}`)}
      danger={dangerous.includes(action)}
      allowUnchanged
      onClose={onClose}
      fieldOfCode={{ 'programme.reasonNeeded': 'reason' }}
      onSubmit={({ reason, tier }) =>
        change(() =>
          call(programmeApi.act, {
            params: { id: partner.id },
            body: { version: partner.version, action, reason: reason || null, tier: tier ?? null },
          }),
        )
      }
    >
      {action === 'changeTier' && (
        <Form.Item name="tier" label={t('tierLabel')} rules={[{ required: true }]}>
          <Select options={tierOptions(t).filter(({ value }) => value !== partner.tier)} />
        </Form.Item>
      )}
      <Form.Item name="reason" label={t('reason')} extra={t('reasonSeen')} rules={[{ required: action !== 'withdraw', whitespace: true }]}>
        <Input.TextArea maxLength={1_000} autoSize={{ minRows: 3 }} />
      </Form.Item>
    </EditModal>
  )
}

interface ContractValues {
  contractNo?: string
  contractFrom?: Dayjs | null
  contractUntil?: Dayjs | null
}
const contractOf = ({ contractNo, contractFrom, contractUntil }: ContractValues) => ({
  contractNo: contractNo || null,
  contractFrom: contractFrom?.format('YYYY-MM-DD') ?? null,
  contractUntil: contractUntil?.format('YYYY-MM-DD') ?? null,
})
const dayOf = (day: string | null): Dayjs | null => (day === null ? null : dayjs(day))

function ContractFields() {
  const t = useWords('programme')
  return (
    <>
      <Form.Item name="contractNo" label={t('contractNo')}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <div className="pg-two">
        <Form.Item name="contractFrom" label={t('contractFrom')}>
          <DatePicker className="pg-wide" />
        </Form.Item>
        <Form.Item name="contractUntil" label={t('contractUntil')} extra={t('certificates.validUntilHint')}>
          <DatePicker className="pg-wide" />
        </Form.Item>
      </div>
    </>
  )
}

function Admit({ partner, open, onClose }: { partner: PartnerDetail; open: boolean; onClose: () => void }) {
  const t = useWords('programme')
  const change = useChange()
  return (
    <EditModal<ContractValues & { tier: PartnerTier; reason?: string }>
      open={open}
      title={`${t('admit.title')} · ${partner.name}`}
      submitText={t('actions.admit')}
      initialValues={{
        tier: partner.tier ?? 'approved',
        contractNo: partner.contractNo ?? '',
        contractFrom: dayOf(partner.contractFrom),
        contractUntil: dayOf(partner.contractUntil),
      }}
      allowUnchanged
      onClose={onClose}
      onSubmit={({ tier, reason, ...contract }) =>
        change(() =>
          call(programmeApi.admit, {
            params: { id: partner.id },
            body: { version: partner.version, tier, reason: reason || null, ...contractOf(contract) },
          }),
        )
      }
    >
      <p className="ls-quiet">{t(partner.organisationId === null ? 'admit.hint' : 'admit.hintMember', { name: partner.name })}</p>
      <Form.Item name="tier" label={t('tierLabel')} rules={[{ required: true }]}>
        <Select options={tierOptions(t)} />
      </Form.Item>
      <ContractFields />
      <Form.Item name="reason" label={t('reason')} extra={t('reasonSeen')}>
        <Input.TextArea maxLength={1_000} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </EditModal>
  )
}

interface EditValues extends ContractValues {
  contactName: string
  contactPhone?: string | null
  contactEmail?: string | null
  delivers?: string | null
}

function EditPartner({ partner, open, onClose }: { partner: PartnerDetail; open: boolean; onClose: () => void }) {
  const t = useWords('programme')
  const change = useChange()
  const { contactName, contactPhone, contactEmail, delivers } = partner
  return (
    <EditDrawer<EditValues>
      open={open}
      title={t('edit')}
      initialValues={{
        contactName,
        contactPhone,
        contactEmail,
        delivers,
        contractNo: partner.contractNo ?? '',
        contractFrom: dayOf(partner.contractFrom),
        contractUntil: dayOf(partner.contractUntil),
      }}
      onClose={onClose}
      onReload={() => void change(async () => undefined)}
      onSubmit={(values) =>
        change(() =>
          call(programmeApi.update, {
            params: { id: partner.id },
            body: {
              version: partner.version,
              contactName: values.contactName,
              contactPhone: values.contactPhone || null,
              contactEmail: values.contactEmail || null,
              delivers: values.delivers || null,
              ...contractOf(values),
            },
          }),
        )
      }
    >
      <ContactFields />
      <ContractFields />
    </EditDrawer>
  )
}
