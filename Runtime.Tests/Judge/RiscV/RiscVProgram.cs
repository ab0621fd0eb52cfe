namespace PteGuard.Runtime.Tests;

/// <summary>
/// What the RISC-V guest runs, as machine code at its reset vector. It stays in M-mode, which nothing is translated for: loads and stores borrow
/// the privilege of another mode (mstatus.MPRV), and only what is to be executed runs there.
/// </summary>
internal static class RiscVProgram
{
    public const ulong Start = 0x1000;

    public static ReadOnlySpan<uint> Code =>
    [
        // start:
        0x00008437, // 1000: lui s0,0x8
        0x001004b7, // 1004: lui s1,0x100
        0x00000297, // 1008: auipc t0,0x0
        0x0bc28293, // 100c: addi t0,t0,188
        0x30529073, // 1010: csrrw zero,mtvec,t0
        0xfff00293, // 1014: addi t0,zero,-1
        0x3b029073, // 1018: csrrw zero,pmpaddr0,t0
        0x01f00293, // 101c: addi t0,zero,31
        0x3a029073, // 1020: csrrw zero,pmpcfg0,t0
        0x04043283, // 1024: ld t0,64(s0)
        0x30029073, // 1028: csrrw zero,mstatus,t0
        0x04843283, // 102c: ld t0,72(s0)
        0x30a29073, // 1030: csrrw zero,menvcfg,t0
        // idle:
        0x00043283, // 1034: ld t0,0(s0)
        0x00843303, // 1038: ld t1,8(s0)
        0xfe628ce3, // 103c: beq t0,t1,idle
        0x0ff0000f, // 1040: fence iorw,iorw
        0x01043283, // 1044: ld t0,16(s0)
        0x18029073, // 1048: csrrw zero,satp,t0
        0x01843903, // 104c: ld s2,24(s0)
        0x001004b7, // 1050: lui s1,0x100
        // next:
        0x0a090063, // 1054: beq s2,zero,finished
        0x12000073, // 1058: sfence.vma zero,zero
        0x0004b583, // 105c: ld a1,0(s1)
        0x0084b603, // 1060: ld a2,8(s1)
        0x0104b503, // 1064: ld a0,16(s1)
        0x000022b7, // 1068: lui t0,0x2
        0x80028293, // 106c: addi t0,t0,-2048
        0x3002b073, // 1070: csrrc zero,mstatus,t0
        0x00467313, // 1074: andi t1,a2,4
        0x00031863, // 1078: bne t1,zero,next+0x34
        0x000012b7, // 107c: lui t0,0x1
        0x80028293, // 1080: addi t0,t0,-2048
        0x3002a073, // 1084: csrrs zero,mstatus,t0
        0x000202b7, // 1088: lui t0,0x20
        0x00267313, // 108c: andi t1,a2,2
        0x02031663, // 1090: bne t1,zero,fetch
        0x00167313, // 1094: andi t1,a2,1
        0x00031863, // 1098: bne t1,zero,store
        0x3002a073, // 109c: csrrs zero,mstatus,t0
        0x0005b503, // 10a0: ld a0,0(a1)
        0x00c0006f, // 10a4: jal zero,done
        // store:
        0x3002a073, // 10a8: csrrs zero,mstatus,t0
        0x00a5b023, // 10ac: sd a0,0(a1)
        // done:
        0x3002b073, // 10b0: csrrc zero,mstatus,t0
        0x00300393, // 10b4: addi t2,zero,3
        0x0200006f, // 10b8: jal zero,record
        // fetch:
        0x34159073, // 10bc: csrrw zero,mepc,a1
        0x30200073, // 10c0: mret
        // handler:
        0x000202b7, // 10c4: lui t0,0x20
        0x3002b073, // 10c8: csrrc zero,mstatus,t0
        0x342023f3, // 10cc: csrrs t2,mcause,zero
        0x34102e73, // 10d0: csrrs t3,mepc,zero
        0x34302ef3, // 10d4: csrrs t4,mtval,zero
        // record:
        0x00a4b823, // 10d8: sd a0,16(s1)
        0x0074bc23, // 10dc: sd t2,24(s1)
        0x03c4b023, // 10e0: sd t3,32(s1)
        0x03d4b423, // 10e4: sd t4,40(s1)
        0x04048493, // 10e8: addi s1,s1,64
        0xfff90913, // 10ec: addi s2,s2,-1
        0xf65ff06f, // 10f0: jal zero,next
        // finished:
        0x18001073, // 10f4: csrrw zero,satp,zero
        0x12000073, // 10f8: sfence.vma zero,zero
        0x0ff0000f, // 10fc: fence iorw,iorw
        0x00043283, // 1100: ld t0,0(s0)
        0x00543423, // 1104: sd t0,8(s0)
        0xf2dff06f, // 1108: jal zero,idle
    ];
}
