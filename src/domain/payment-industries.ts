/** Purposes of a collection, with the entry classes of the scheme (DOMAIN §2.16). */
export const PAYMENT_INDUSTRIES = {
  INSURANCE_PREMIUM: { entryClass: 21, title: 'Insurance premium' },
  PENSION_FUND_CONTRIBUTION: { entryClass: 22, title: 'Pension fund contribution' },
  MEDICAL_AID_FUND_CONTRIBUTION: { entryClass: 23, title: 'Medical aid fund contribution' },
  UNIT_TRUST_PURCHASE: { entryClass: 26, title: 'Unit trust purchase' },
  CHARITABLE_OR_RELIGIOUS_CONTRIBUTION: { entryClass: 28, title: 'Charitable or religious contribution' },
  HP_REPAYMENT: { entryClass: 31, title: 'Hire purchase repayment' },
  ACCOUNT_REPAYMENT: { entryClass: 32, title: 'Account repayment' },
  LOAN_REPAYMENT: { entryClass: 33, title: 'Loan repayment, not a mortgage' },
  RENTAL_LEASE: { entryClass: 34, title: 'Rental or lease, not property' },
  SERVICE_CHARGE_MAINTENANCE: { entryClass: 35, title: 'Service charge, maintenance' },
  SERVICE_CHARGE_VARIABLE: { entryClass: 36, title: 'Service charge, variable' },
  VAT_COLLECTION: { entryClass: 37, title: 'Value added tax collection' },
  RENT_PROPERTY: { entryClass: 41, title: 'Rent of property' },
  BOND_REPAYMENT: { entryClass: 42, title: 'Bond repayment' },
} as const;
/** Purpose of a collection. */
export type PaymentIndustry = keyof typeof PAYMENT_INDUSTRIES;
