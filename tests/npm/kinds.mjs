// One good message of each kind that the client knows, in the client's own camel case.

const url = 'https://cdn.example.org/file';

export const buttons = [
  { type: 'postback', title: 'Buy', payload: 'BUY' },
  { type: 'web_url', title: 'Shop', url: 'https://shop.example.org/', webviewHeightRatio: 'tall' },
  { type: 'phone_number', title: 'Call', payload: '+34600000000' },
];

export const quickReplies = [
  { contentType: 'text', title: 'Red', payload: 'RED', imageUrl: `${url}.png` },
  { contentType: 'user_phone_number' },
  { contentType: 'user_email' },
];

export const elements = [
  { title: 'Mug', subtitle: '$12', imageUrl: `${url}.png`, defaultAction: { type: 'web_url', url: 'https://shop.example.org/mug' }, buttons },
];

export const receipt = {
  recipientName: 'Ana Lima',
  merchantName: 'Acme',
  orderNumber: 'A-17',
  currency: 'EUR',
  paymentMethod: 'Visa 1234',
  timestamp: '1763712000',
  orderUrl: 'https://shop.example.org/o/17',
  address: { street1: 'Main St 1', street2: '2nd floor', city: 'Girona', postalCode: '17001', state: 'GI', country: 'ES' },
  summary: { subtotal: 10, shippingCost: 1, totalTax: 1.5, totalCost: 12.5 },
  adjustments: [{ name: 'Voucher', amount: 2 }],
  elements: [{ title: 'Mug', subtitle: 'blue', quantity: 1, price: 12.5, currency: 'EUR', imageUrl: `${url}.png` }],
};

export const media = [{ mediaType: 'video', url: 'https://www.facebook.com/acme/videos/1/', buttons: buttons.slice(0, 1) }];

const airport = { airportCode: 'BCN', city: 'Barcelona', terminal: '1', gate: 'A7' };
const flightInfo = {
  flightNumber: 'KL9123',
  departureAirport: airport,
  arrivalAirport: airport,
  flightSchedule: { boardingTime: '2026-12-01T08:00', departureTime: '2026-12-01T08:30', arrivalTime: '2026-12-01T10:00' },
};
const intro = { introMessage: 'Your flight', locale: 'en_US' };

export const boardingPass = {
  ...intro,
  boardingPass: [
    {
      passengerName: 'Ana Lima',
      pnrNumber: 'CG4X7U',
      travelClass: 'business',
      seat: '74J',
      auxiliaryFields: [{ label: 'Gate', value: 'A7' }],
      secondaryFields: [{ label: 'Zone', value: '1' }],
      logoImageUrl: `${url}.png`,
      headerImageUrl: `${url}.png`,
      qrCode: 'M1LIMA',
      aboveBarCodeImageUrl: `${url}.png`,
      flightInfo,
    },
  ],
};

export const checkin = { ...intro, pnrNumber: 'ABCDEF', checkinUrl: 'https://air.example.org', flightInfo: [flightInfo] };

export const itinerary = {
  ...intro,
  pnrNumber: 'ABCDEF',
  passengerInfo: [{ passengerId: 'p1', ticketNumber: '0741234567890', name: 'Ana Lima' }],
  flightInfo: [{ ...flightInfo, connectionId: 'c1', segmentId: 's1', aircraftType: 'Boeing 737', travelClass: 'economy' }],
  passengerSegmentInfo: [
    { segmentId: 's1', passengerId: 'p1', seat: '12A', seatType: 'Economy', productInfo: [{ title: 'Lounge', value: 'yes' }] },
  ],
  priceInfo: [{ title: 'Fuel', amount: '20', currency: 'USD' }],
  basePrice: '100',
  tax: '5',
  totalPrice: '125',
  currency: 'USD',
};

export const update = { ...intro, updateType: 'delay', pnrNumber: 'ABCDEF', updateFlightInfo: flightInfo };

export const oneTime = { title: 'When it is back in stock', payload: 'STOCK' };

export const address = url;
