import { randomBytes } from 'node:crypto';

/** A group of an organization. */
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly bio?: string;
}

/** An organization and the groups that its clients can access. */
export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly Group[];
}

/** The credentials of an OAuth client (RFC 6749 2.3.1). */
export interface Client {
  readonly id: string;
  readonly secret: string;
}

/** A client and the organization that it acts for. */
export interface RegisteredClient extends Client {
  readonly organization: Organization;
}

const lakeside: Organization = {
  id: '5k2q9wlakeside',
  name: 'Lakeside Clinic',
  groups: [
    { id: '3f8z1cardiology', name: 'Cardiology', bio: 'Heart and circulation, open on weekdays.' },
    { id: '7m4x0pediatrics', name: 'Pediatrics' },
    { id: '9t6b2radiology', name: 'Radiology', bio: 'Imaging for all wards.' },
  ],
};

const hillside: Organization = {
  id: '8d1v4hillside',
  name: 'Hillside Practice',
  groups: [
    { id: '2n5r7dermatology', name: 'Dermatology', bio: 'Skin, hair and nails.' },
    { id: '4h9y3neurology', name: 'Neurology' },
    { id: '6j0s8oncology', name: 'Oncology' },
    { id: '1w3g5orthopedics', name: 'Orthopedics', bio: 'Bones and joints.' },
  ],
};

/** Two clients of two organizations without a group in common. @param secrets new in every call, of 32 characters, by default */
export function createClients(secrets: readonly [string, string] = [newSecret(), newSecret()]): readonly [RegisteredClient, RegisteredClient] {
  return [
    { id: 'lakesideclient', secret: secrets[0], organization: lakeside },
    { id: 'hillsideclient', secret: secrets[1], organization: hillside },
  ];
}

function newSecret(): string {
  return randomBytes(24).toString('base64url');
}
