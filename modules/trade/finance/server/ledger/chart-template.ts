import type { AccountKind, PostingRole, Side } from '../../ledger-contract.ts'

/** Where the codes and names come from; each account made from the template carries it. */
export const CHART_SOURCE = '企业会计准则——应用指南 附录“会计科目和主要账务处理”（财会〔2006〕18号）'
export const TAX_SOURCE = '增值税会计处理规定（财会〔2016〕22号）'
const OWN_SOURCE = '明细科目，由企业自行设置'

/** The first day an account of the template can be posted to: the standard's own first day. */
export const CHART_FROM = '2007-01-01'

export interface TemplateAccount {
  code: string
  name: string
  nameEn: string
  kind: AccountKind
  side: Side
  source: string
}

const row = (code: string, name: string, nameEn: string, kind: AccountKind, side: Side, source = CHART_SOURCE): TemplateAccount => ({
  code,
  name,
  nameEn,
  kind,
  side,
  source,
})

/** A start for an organisation that has no chart: it renames, adds and ends accounts as it needs. */
export const chartTemplate: readonly TemplateAccount[] = [
  row('1001', '库存现金', 'Cash on hand', 'asset', 'debit'),
  row('1002', '银行存款', 'Bank deposits', 'asset', 'debit'),
  row('1012', '其他货币资金', 'Other monetary funds', 'asset', 'debit'),
  row('1121', '应收票据', 'Notes receivable', 'asset', 'debit'),
  row('1122', '应收账款', 'Accounts receivable', 'asset', 'debit'),
  row('1123', '预付账款', 'Prepayments', 'asset', 'debit'),
  row('1221', '其他应收款', 'Other receivables', 'asset', 'debit'),
  row('1231', '坏账准备', 'Provision for bad debts', 'asset', 'credit'),
  row('1401', '材料采购', 'Materials procurement', 'asset', 'debit'),
  row('1402', '在途物资', 'Goods in transit', 'asset', 'debit'),
  row('1403', '原材料', 'Raw materials', 'asset', 'debit'),
  row('1404', '材料成本差异', 'Material cost variance', 'asset', 'debit'),
  row('1405', '库存商品', 'Finished goods', 'asset', 'debit'),
  row('1406', '发出商品', 'Goods dispatched', 'asset', 'debit'),
  row('1408', '委托加工物资', 'Materials with processors', 'asset', 'debit'),
  row('1411', '周转材料', 'Returnable materials', 'asset', 'debit'),
  row('1471', '存货跌价准备', 'Provision for inventories', 'asset', 'credit'),
  row('1601', '固定资产', 'Fixed assets', 'asset', 'debit'),
  row('1602', '累计折旧', 'Accumulated depreciation', 'asset', 'credit'),
  row('1604', '在建工程', 'Construction in progress', 'asset', 'debit'),
  row('1701', '无形资产', 'Intangible assets', 'asset', 'debit'),
  row('1901', '待处理财产损溢', 'Property losses pending', 'asset', 'debit'),
  row('2001', '短期借款', 'Short-term loans', 'liability', 'credit'),
  row('2201', '应付票据', 'Notes payable', 'liability', 'credit'),
  row('2202', '应付账款', 'Accounts payable', 'liability', 'credit'),
  row('2202.01', '暂估应付款', 'Accrued, not invoiced', 'liability', 'credit', OWN_SOURCE),
  row('2202.02', '应付货款', 'Invoiced', 'liability', 'credit', OWN_SOURCE),
  row('2203', '预收账款', 'Advances from customers', 'liability', 'credit'),
  row('2211', '应付职工薪酬', 'Payroll payable', 'liability', 'credit'),
  row('2221', '应交税费', 'Taxes payable', 'liability', 'credit'),
  row('2221.01', '应交增值税', 'VAT payable', 'liability', 'credit', TAX_SOURCE),
  row('2221.01.01', '进项税额', 'Input VAT', 'liability', 'debit', TAX_SOURCE),
  row('2221.01.02', '销项税额', 'Output VAT', 'liability', 'credit', TAX_SOURCE),
  row('2221.01.03', '进项税额转出', 'Input VAT transferred out', 'liability', 'credit', TAX_SOURCE),
  row('2221.02', '未交增值税', 'VAT unpaid', 'liability', 'credit', TAX_SOURCE),
  row('2221.03', '待认证进项税额', 'Input VAT to be certified', 'liability', 'debit', TAX_SOURCE),
  row('2221.04', '待转销项税额', 'Output VAT not yet due', 'liability', 'credit', TAX_SOURCE),
  row('2241', '其他应付款', 'Other payables', 'liability', 'credit'),
  row('4001', '实收资本', 'Paid-in capital', 'equity', 'credit'),
  row('4103', '本年利润', 'Profit of the year', 'equity', 'credit'),
  row('4104', '利润分配', 'Profit distribution', 'equity', 'credit'),
  row('5001', '生产成本', 'Production cost', 'cost', 'debit'),
  row('5101', '制造费用', 'Manufacturing overhead', 'cost', 'debit'),
  row('6001', '主营业务收入', 'Main business income', 'profit', 'credit'),
  row('6051', '其他业务收入', 'Other business income', 'profit', 'credit'),
  row('6401', '主营业务成本', 'Main business cost', 'profit', 'debit'),
  row('6402', '其他业务成本', 'Other business cost', 'profit', 'debit'),
  row('6403', '税金及附加', 'Taxes and surcharges', 'profit', 'debit', TAX_SOURCE),
  row('6601', '销售费用', 'Selling expenses', 'profit', 'debit'),
  row('6602', '管理费用', 'Administrative expenses', 'profit', 'debit'),
  row('6603', '财务费用', 'Financial expenses', 'profit', 'debit'),
  row('6711', '营业外支出', 'Non-operating expenses', 'profit', 'debit'),
  row('6801', '所得税费用', 'Income tax', 'profit', 'debit'),
]

/** What each business step posts to at first. Input tax waits for the invoice: an accrual is net (财会〔2016〕22号, goods without voucher). */
export const postingTemplate: Record<PostingRole, string> = {
  stock: '1403',
  accrued: '2202.01',
  payable: '2202.02',
  inputTax: '2221.01.01',
  difference: '6603',
  bank: '1002',
  receivable: '1122',
  revenue: '6001',
  outputTax: '2221.01.02',
  outputTaxPending: '2221.04',
  production: '5001',
  scrap: '1901',
  countDifference: '1901',
  costOfSales: '6401',
  priceDifference: '6401',
}
