namespace PteGuard.Analyzers.Tests.Rules;

/// <content>What the reaction returns.</content>
public partial class UncheckedMappingFixTests
{
    [Fact]
    public Task The_check_returns_what_the_method_can_return() => VerifyMembers(
        """
            void Void(Pmd* pmd, ulong addr)
            {
                // Where it is mapped.
                Pte* pte = PteOffsetMap(pmd, addr); // here
                Use(PtepGet([|pte|]));
                PteUnmap(pte);
            }

            bool Bool(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                return PtepGet([|pte|]).IsPresent;
            }

            int Number(Pmd* pmd, ulong addr, Pte* pte)
            {
                pte = PteOffsetMap(pmd, addr);
                SetPte([|pte|], default);
                return 1;
            }

            Pte Struct(Pmd* pmd, ulong addr)
            {
                Pte* pte;
                pte = PteOffsetMap(pmd, addr);
                return PtepGet([|pte|]);
            }

            Pte* Pointer(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                SetPte([|pte|], default);
                return pte;
            }

            string Reference(Pmd* pmd, ulong addr)
            {
                Func<bool> f = () =>
                {
                    var pte = PteOffsetMap(pmd, addr);
                    return PtepGet([|pte|]).IsPresent;
                };
                var inner = PteOffsetMap(pmd, addr);
                return PtepGet([|inner|]).ToString();
            }
        """,
        """
            void Void(Pmd* pmd, ulong addr)
            {
                // Where it is mapped.
                Pte* pte = PteOffsetMap(pmd, addr); // here
                if (pte == null)
                    return;

                Use(PtepGet(pte));
                PteUnmap(pte);
            }

            bool Bool(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return false;

                return PtepGet(pte).IsPresent;
            }

            int Number(Pmd* pmd, ulong addr, Pte* pte)
            {
                pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return 0;

                SetPte(pte, default);
                return 1;
            }

            Pte Struct(Pmd* pmd, ulong addr)
            {
                Pte* pte;
                pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return default;

                return PtepGet(pte);
            }

            Pte* Pointer(Pmd* pmd, ulong addr)
            {
                var pte = PteOffsetMap(pmd, addr);
                if (pte == null)
                    return null;

                SetPte(pte, default);
                return pte;
            }

            string Reference(Pmd* pmd, ulong addr)
            {
                Func<bool> f = () =>
                {
                    var pte = PteOffsetMap(pmd, addr);
                    if (pte == null)
                        return false;

                    return PtepGet(pte).IsPresent;
                };
                var inner = PteOffsetMap(pmd, addr);
                if (inner == null)
                    return null;

                return PtepGet(inner).ToString();
            }
        """);

    [Fact]
    public Task What_is_returned_is_what_the_type_calls_empty() => VerifyMembers(
        """
            enum Fault { Major = 4, Nothing = 0 }
            struct Entry { public static Entry None => default; }
            struct Plain { }

            Fault ZeroMember(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                Use(PtepGet([|pte|]));
                return Fault.Major;
            }

            Entry NoneMember(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                Use(PtepGet([|pte|]));
                return new();
            }

            Plain Default(Pmd* pmd) { var pte = PteOffsetMap(pmd, 0); Use(PtepGet([|pte|])); return new(); }

        #nullable enable
            string? Nullable(Pmd* pmd)
            {
                var @fixed = PteOffsetMap(pmd, 0);
                Use(PtepGet([|@fixed|]));
                return "";
            }

            // No string says that there was no table.
            string NotNull(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                Use(PtepGet([|pte|]));
                return "";
            }
        """,
        """
            enum Fault { Major = 4, Nothing = 0 }
            struct Entry { public static Entry None => default; }
            struct Plain { }

            Fault ZeroMember(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                if (pte == null)
                    return Fault.Nothing;

                Use(PtepGet(pte));
                return Fault.Major;
            }

            Entry NoneMember(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                if (pte == null)
                    return Entry.None;

                Use(PtepGet(pte));
                return new();
            }

            Plain Default(Pmd* pmd) { var pte = PteOffsetMap(pmd, 0); if (pte == null) return default; Use(PtepGet(pte)); return new(); }

        #nullable enable
            string? Nullable(Pmd* pmd)
            {
                var @fixed = PteOffsetMap(pmd, 0);
                if (@fixed == null)
                    return null;

                Use(PtepGet(@fixed));
                return "";
            }

            // No string says that there was no table.
            string NotNull(Pmd* pmd)
            {
                var pte = PteOffsetMap(pmd, 0);
                Use(PtepGet([|pte|]));
                return "";
            }
        """,
        test => test.FixedState.MarkupHandling = Microsoft.CodeAnalysis.Testing.MarkupMode.Allow);
}
